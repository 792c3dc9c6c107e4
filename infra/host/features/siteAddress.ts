import type { Feature } from "../feature";
import { file } from "../manifest";
import { render, verbatim } from "../render";

/** Where a host finds the private address that the site's public one is led to. */
export const siteAddressPath = "/etc/webstack/site-address";

const unit = "webstack-address.service";

/** A second private address, for a cloud that leads the site's public one there. */
export const siteAddress: Feature = ({ needs }) => {
  if (!needs.includes("siteAddress")) return {};
  return {
    files: [
      file("/usr/local/lib/webstack/site-address", verbatim("bin/site-address"), { mode: "0755" }),
      file(`/etc/systemd/system/${unit}`, render(`systemd/${unit}`, { sandbox: verbatim("systemd/sandbox.conf") }), {
        onChange: [{ verb: "restart", unit }],
      }),
    ],
    units: [unit],
  };
};
