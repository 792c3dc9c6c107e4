import type { StackSpec } from "../../config/spec";
import type { Feature } from "../feature";
import { file, type ManifestAction } from "../manifest";
import { render, verbatim } from "../render";

const unit = "nginx-http3.service";
const restart: readonly ManifestAction[] = [{ verb: "restart", unit }];

/** The nginx that HTTP/3 ends at, beside the site's own; nothing where the site does without. See docs/tls.md. */
export const http3: Feature = ({ spec }) => {
  if (!spec.site.http3) return {};
  const { domain, aliases, maxBodyMiB } = spec.site;
  return {
    files: [
      file("/etc/nginx/http3.conf", render("nginx/http3.conf", { names: [domain, ...aliases].join(" "), domain, maxBodyMiB }), {
        onChange: restart,
      }),
      file(`/etc/systemd/system/${unit}`, render(`systemd/${unit}`, { sandbox: verbatim("systemd/nginx-sandbox.conf") }), {
        onChange: restart,
      }),
    ],
    units: [unit],
  };
};

/** What happens when a file changes that both of them read. */
export function bothLoad({ site }: StackSpec): readonly ManifestAction[] {
  return [{ verb: "reload", unit: "nginx.service" }, ...(site.http3 ? restart : [])];
}

/** A fragment of nginx's files that is there for HTTP/3 alone. */
export function http3Fragment({ site }: StackSpec, name: "origin" | "map" | "header"): string {
  return site.http3 ? verbatim(`nginx/http3-${name}.conf`) : "";
}
