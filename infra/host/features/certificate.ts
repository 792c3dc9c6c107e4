import type { StackSpec } from "../../config/spec";
import { debianCas } from "../../plan/endpoints";
import { bothLoad } from "./http3";
import { commandLine } from "../../services/commandLine";
import type { Feature } from "../feature";
import { file } from "../manifest";
import { render, verbatim } from "../render";

const unit = "webstack-certificate";
const programs = "/usr/local/lib/webstack";
const caPath = "/etc/webstack/acme-ca.pem";

/** See docs/decisions/0008-lego-orders-the-certificate.md. */
export const acmeClient = "lego";

/** nginx's part of TLS, before nginx: its own check needs a certificate, whoever signed it. See docs/tls.md. */
export const certificate: Feature = ({ spec }) => {
  if (spec.site.tls === "none") return {};
  return {
    files: [
      file("/etc/nginx/webstack/tls.conf", verbatim("nginx/tls.conf"), { onChange: bothLoad(spec) }),
      file(`${programs}/certificate-present`, verbatim("bin/certificate-present"), { mode: "0755" }),
    ],
    checks: [{ below: "/etc/nginx/", command: [`${programs}/certificate-present`, spec.site.domain] }],
  };
};

/** The unit that orders the certificate, and orders it anew in time. */
export const renewal: Feature = ({ spec }) => {
  if (spec.site.tls === "none") return {};
  const { acme } = spec.site;
  // The ACME client depends on the package with Debian's list.
  const service = render("systemd/certificate.service", {
    app: spec.app.name,
    ca: acme.ca === "" ? debianCas : caPath,
    arguments: commandLine([acme.directory, acme.email, ...certificateNames(spec)]),
    sandbox: verbatim("systemd/sandbox.conf"),
  });
  return {
    packages: [acmeClient],
    files: [
      file(`${programs}/certificate-order`, verbatim("bin/certificate-order"), { mode: "0755" }),
      file(`/etc/systemd/system/${unit}.service`, service),
      file(`/etc/systemd/system/${unit}.timer`, render("systemd/certificate.timer", { app: spec.app.name }), {
        onChange: [{ verb: "restart", unit: `${unit}.timer` }],
      }),
      ...(acme.ca === "" ? [] : [file(caPath, acme.ca)]),
    ],
    units: [`${unit}.timer`],
  };
};

/** The first one names the certificate's files. */
function certificateNames({ site }: StackSpec): readonly string[] {
  return [site.domain, ...site.aliases];
}
