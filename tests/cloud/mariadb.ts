import { verbatim } from "../../infra/host/render";
import { databaseImage } from "./images";
import { runInside } from "./inside";
import { createMachine, type Network, type Size } from "./machines";
import { placed, type Signed } from "./postgres";

/**
 * What RDS gives its master, who is no superuser: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.MasterAccounts.html
 */
const masterRights =
  "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER, SHOW DATABASES, CREATE TEMPORARY " +
  "TABLES, LOCK TABLES, EXECUTE, " +
  "CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, CREATE USER, EVENT, TRIGGER, DELETE HISTORY";

/** A line that no statement has. */
const end = "END-OF-THE-STATEMENTS";

/**
 * A managed MySQL, for which MariaDB 10.11 stands, with TLS, on a machine that nobody may log in to. It keeps a log of every change from
 * its first one on, as RDS does for its backups: {@link history} is all that there ever was in it. `settings` are those of its parameter
 * group.
 */
export async function createMariadb(
  network: Network,
  name: string,
  address: string,
  size: Size,
  port: number,
  settings: Readonly<Record<string, string>>,
  signed: Signed,
): Promise<void> {
  const userData = "#cloud-config\nssh_genkeytypes: [ed25519]\ndisable_root: true\n";
  await createMachine(network, { name, address, userData, recipe: databaseImage("mysql"), ...size });
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`);
  runInside(
    name,
    `cloud-init status --wait > /dev/null
${placed(signed, "mysql")}cat > /opt/certificate.sh <<'EOF'
${verbatim("database/certificate.sh")}
EOF
sh /opt/certificate.sh ${address} mysql > /dev/null 2>&1
cat > /etc/mysql/mariadb.conf.d/90-cloud.cnf <<'EOF'
[mariadbd]
bind_address = ${address}
port = ${port}
skip_name_resolve = ON
default_time_zone = '+00:00'
ssl_cert = /etc/webstack/database/server.crt
ssl_key = /etc/webstack/database/server.key
log_bin = binlog
server_id = 1
${lines.join("")}EOF
systemctl restart mariadb.service
`,
  );
}

/** Statements as the superuser; what they print, without headings. */
export function ask(machine: string, statements: string): string {
  return runInside(machine, `mariadb --batch --skip-column-names <<'${end}'\n${statements}\n${end}\n`).trim();
}

/** The cloud's administrator, and the database that it begins with. */
export function begin(machine: string, user: string, password: string, database: string): void {
  ask(
    machine,
    `CREATE USER '${user}'@'%' IDENTIFIED BY '${password}' REQUIRE SSL; GRANT ${masterRights} ON *.* TO '${user}'@'%' WITH GRANT ` +
      `OPTION; CREATE DATABASE \`${database}\`;`,
  );
}

export function setPassword(machine: string, user: string, password: string): void {
  ask(machine, `ALTER USER '${user}'@'%' IDENTIFIED BY '${password}';`);
}

/** Statements that make what was in it before a second, "2026-11-01T03:00:00Z"; of all its time where none is given. */
export function history(machine: string, before = ""): string {
  const until = before === "" ? "" : `--stop-datetime='${before.slice(0, 19).replace("T", " ")}'`;
  return runInside(machine, `mariadb -e 'FLUSH BINARY LOGS'\ncd /var/lib/mysql\nTZ=UTC mariadb-binlog ${until} binlog.0*\n`);
}
