import type { StackSpec } from "../config/spec";
import { debianCas } from "../plan/endpoints";
import { bothLoad } from "./http3";
import { file, type ManifestCheck, type ManifestFile } from "./manifest";
import { render, verbatim } from "./render";
import { commandLine } from "./systemd";

const unit = "webstack-certificate";
const programs = "/usr/local/lib/webstack";
const caPath = "/etc/webstack/acme-ca.pem";

/** What a site with TLS has beside its nginx site: the policy, and the unit that orders the certificate. See docs/tls.md. */
export function tlsFiles(spec: StackSpec): readonly ManifestFile[] {
  if (spec.site.tls === "none") return [];
  const { acme } = spec.site;
  // The ACME client depends on the package with Debian's list.
  const service = render("systemd/certificate.service", {
    app: spec.app.name,
    ca: acme.ca === "" ? debianCas : caPath,
    arguments: commandLine([acme.directory, acme.email, ...certificateNames(spec)]),
    sandbox: verbatim("systemd/sandbox.conf"),
  });
  return [
    file("/etc/nginx/webstack/tls.conf", verbatim("nginx/tls.conf"), { onChange: bothLoad(spec) }),
    file(`${programs}/certificate-present`, verbatim("bin/certificate-present"), { mode: "0755" }),
    file(`${programs}/certificate-order`, verbatim("bin/certificate-order"), { mode: "0755" }),
    file(`/etc/systemd/system/${unit}.service`, service),
    file(`/etc/systemd/system/${unit}.timer`, render("systemd/certificate.timer", { app: spec.app.name }), {
      onChange: [{ verb: "restart", unit: `${unit}.timer` }],
    }),
    ...(acme.ca === "" ? [] : [file(caPath, acme.ca)]),
  ];
}

/** nginx's own check needs a certificate, whoever signed it. */
export function tlsChecks(spec: StackSpec): readonly ManifestCheck[] {
  return spec.site.tls === "none" ? [] : [{ below: "/etc/nginx/", command: [`${programs}/certificate-present`, spec.site.domain] }];
}

export function tlsUnits(spec: StackSpec): readonly string[] {
  return spec.site.tls === "none" ? [] : [`${unit}.timer`];
}

/** The first one names the certificate's files. */
function certificateNames({ site }: StackSpec): readonly string[] {
  return [site.domain, ...site.aliases];
}
