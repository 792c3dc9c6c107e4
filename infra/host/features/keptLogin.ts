import type { Feature } from "../feature";
import { file } from "../manifest";
import { render, verbatim } from "../render";

/** What hostctl/database/login.py reads. */
export const loginPath = "/etc/webstack/database-login.json";

/** Follows the login to the database where the cloud keeps it and changes its password. */
export const keptLogin: Feature = ({ needs, database, spec: { app } }) => {
  if (!needs.includes("keptLogin") || database.kind !== "managed") return {};
  const unit = "webstack-login.timer";
  return {
    files: [
      file(
        "/etc/systemd/system/webstack-login.service",
        render("systemd/webstack-login.service", { app: app.name, sandbox: verbatim("systemd/sandbox.conf") }),
      ),
      file(`/etc/systemd/system/${unit}`, render(`systemd/${unit}`, { app: app.name }), { onChange: [{ verb: "restart", unit }] }),
    ],
    units: [unit],
  };
};
