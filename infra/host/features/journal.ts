import type { Feature } from "../feature";
import { file } from "../manifest";
import { verbatim } from "../render";

/** How much the journal keeps. */
export const journal: Feature = () => ({
  files: [
    file("/etc/systemd/journald.conf.d/webstack.conf", verbatim("systemd/journald.conf"), {
      onChange: [{ verb: "restart", unit: "systemd-journald.service" }],
    }),
  ],
});
