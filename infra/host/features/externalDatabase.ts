import { debians } from "../../config/catalog/debian";
import type { Feature } from "../feature";
import { file } from "../manifest";
import { render, verbatim } from "../render";

/**
 * Beside a database that is somebody else's service: a server of the host's own for drills, which starts for nothing else.
 */
export const externalDatabase: Feature = ({ spec: { app, database, backup } }, { debian }) => {
  if (database.kind !== "external") return {};
  const cas = database.ca === "" ? ["ca-certificates"] : [];
  if (!backup.enabled) return { packages: cas };
  const version = debians[debian].postgres;
  return {
    packages: [...cas, `postgresql-${version}`],
    files: [
      file("/etc/postgresql-common/createcluster.conf", verbatim("postgres/createcluster.conf")),
      file("/usr/local/lib/webstack/scratch-init", render("postgres/scratch-init.sh", { version }), { mode: "0755" }),
      file("/etc/systemd/system/webstack-scratch.service", render("systemd/webstack-scratch.service", { app: app.name, version })),
    ],
  };
};
