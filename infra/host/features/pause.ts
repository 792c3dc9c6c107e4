import type { Feature } from "../feature";
import { file } from "../manifest";
import { render, verbatim } from "../render";

/** Holds requests while the site is paused; hostctl starts and stops it. */
export const pause: Feature = ({ spec }) => ({
  files: [
    file(
      "/etc/systemd/system/webstack-pause.service",
      render("systemd/webstack-pause.service", { app: spec.app.name, sandbox: verbatim("systemd/sandbox.conf") }),
    ),
  ],
});
