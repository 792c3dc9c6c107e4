import type { Feature } from "../feature";
import { file } from "../manifest";
import { render, verbatim } from "../render";

/** What a power cut left of a deployment is put right at the next boot, before anything starts. */
export const recovery: Feature = () => ({
  files: [
    file(
      "/etc/systemd/system/webstack-recover.service",
      render("systemd/webstack-recover.service", { sandbox: verbatim("systemd/sandbox.conf") }),
    ),
    file("/etc/systemd/system/sysinit.target.d/webstack.conf", verbatim("systemd/recover-at-boot.conf")),
  ],
});
