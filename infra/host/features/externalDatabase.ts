import { debians } from "../../config/catalog/debian";
import type { Feature } from "../feature";
import { file } from "../manifest";
import { render, verbatim } from "../render";

/**
 * Beside a database that is somebody else's service: what hostctl looks at before the first step of a release, and a server of the host's own for drills,
 * which starts for nothing else.
 */
export const externalDatabase: Feature = ({ spec: { app, database, backup } }, { debian }) => {
  if (database.kind !== "external") return {};
  const cas = database.ca === "" ? ["ca-certificates"] : [];
  const rights = file("/etc/webstack/external-database.json", `${JSON.stringify({ dumps: backup.enabled, connections: database.connections }, null, 1)}\n`);
  if (!backup.enabled) return { packages: cas, files: [rights] };
  const version = debians[debian].postgres;
  return {
    packages: [...cas, `postgresql-${version}`],
    files: [
      rights,
      file("/etc/postgresql-common/createcluster.conf", verbatim("postgres/createcluster.conf")),
      file("/usr/local/lib/webstack/scratch-init", render("postgres/scratch-init.sh", { version }), { mode: "0755" }),
      file("/etc/systemd/system/webstack-scratch.service", render("systemd/webstack-scratch.service", { app: app.name, version })),
    ],
  };
};
