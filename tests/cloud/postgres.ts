import { randomBytes } from "node:crypto";
import { verbatim } from "../../infra/host/render";
import type { Certificate } from "./authority";
import { databaseImage } from "./images";
import { runInside } from "./inside";
import { createMachine, growMachine, type Network, type Size } from "./machines";

export interface Server {
  /** Of its machine. */
  readonly machine: string;
  readonly address: string;
  readonly port: number;
  /** The cloud's administrator, who may make roles and databases, but is no superuser. */
  readonly user: string;
  readonly password: string;
  /** Of the server's certificate, PEM. */
  readonly ca: string;
}

/** A certificate and who signed it, PEM. */
export interface Signed extends Certificate {
  readonly ca: string;
}

/**
 * A managed PostgreSQL 15 with TLS and, unless it is given a certificate, a CA of its own, on a machine that nobody may log in to. Nobody
 * may connect until `allow`.
 */
export async function createPostgres(
  network: Network,
  name: string,
  address: string,
  size: Size,
  port: number,
  user: string,
  password = newPassword(),
  signed?: Signed,
): Promise<Server> {
  const userData = "#cloud-config\nssh_genkeytypes: [ed25519]\ndisable_root: true\n";
  await createMachine(network, { name, address, userData, recipe: databaseImage("postgres"), ...size });
  const ca = runInside(
    name,
    `cloud-init status --wait > /dev/null
${signed === undefined ? "" : placed(signed, "postgres")}cat > /opt/certificate.sh <<'EOF'
${verbatim("database/certificate.sh")}
EOF
sh /opt/certificate.sh ${address} postgres > /dev/null 2>&1
cat > /etc/postgresql/15/main/conf.d/cloud.conf <<'EOF'
listen_addresses = '*'
port = ${port}
password_encryption = 'scram-sha-256'
ssl = on
ssl_cert_file = '/etc/webstack/database/server.crt'
ssl_key_file = '/etc/webstack/database/server.key'
# Whoever owns a cluster may have set it so; the app's sessions must not be.
default_transaction_isolation = 'serializable'
timezone = 'Asia/Tokyo'
EOF
echo 'local all postgres peer' > /etc/postgresql/15/main/pg_hba.conf
systemctl restart postgresql@15-main.service
cat /etc/webstack/database/ca.crt
`,
  );
  const server = { machine: name, address, port, user, password, ca };
  ask(server, "postgres", `CREATE ROLE ${quoted(user)} LOGIN CREATEDB CREATEROLE PASSWORD ${literal(password)}`);
  return server;
}

/** Where certificate.sh finds them and makes none; the key is for that user of the machine. */
export function placed({ ca, certificate, key }: Signed, user: string): string {
  const files = { "ca.crt": ca, "server.key": key, "server.crt": certificate };
  const written = Object.entries(files).map(([name, text]) => `cat > ${name} <<'EOF'\n${text}EOF\n`);
  return (
    `install -d -m 0755 /etc/webstack/database\ncd /etc/webstack/database\n(umask 077; : > server.key)\n${written.join("")}chown ` +
    `${user}:${user} server.key\n`
  );
}

/** Statements as the superuser, on standard input: an argument would show in the process list. */
export function ask({ machine, port }: Pick<Server, "machine" | "port">, database: string, ...statements: readonly string[]): string {
  const text = statements.map((statement) => `${statement};\n`).join("");
  return runInside(
    machine,
    `cd /
runuser -u postgres -- psql --quiet --no-psqlrc --tuples-only --no-align --set ON_ERROR_STOP=1 --port ${port} --dbname ${database} <<'EOF'
${text}EOF
`,
  ).trim();
}

/** Another size; connections break, as when a cloud exchanges the nodes of a cluster. */
export function resize({ machine }: Pick<Server, "machine">, size: Size): void {
  if (growMachine(machine, size)) runInside(machine, "systemctl restart postgresql@15-main.service");
}

/**
 * Brings the databases and users of one server to another that has none of them yet: owners, rights and users' passwords as they are, the
 * administrator's not.
 */
export function copy(from: Pick<Server, "machine" | "port">, to: Pick<Server, "machine" | "port">): void {
  const users = ask(
    from,
    "postgres",
    "SELECT format('CREATE ROLE %I LOGIN PASSWORD %L', rolname, rolpassword) FROM pg_authid WHERE rolcanlogin AND NOT " +
      "rolcreaterole AND NOT rolsuper",
  );
  if (users !== "") ask(to, "postgres", ...users.split("\n"));
  const names = ask(
    from,
    "postgres",
    "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname NOT IN ('postgres', 'defaultdb')",
  );
  for (const name of names.split("\n").filter((one) => one !== "")) {
    const dump = runInside(from.machine, `cd /\nrunuser -u postgres -- pg_dump --port ${from.port} --create ${name}\n`);
    ask(to, "postgres", dump.trimEnd().replace(/;$/, ""));
  }
}

/** Who may connect, with TLS and a password: addresses or ranges. */
export function allow({ machine, port }: Pick<Server, "machine" | "port">, sources: readonly string[]): void {
  const lines = sources.map((source) => `hostssl all all ${source.includes("/") ? source : `${source}/32`} scram-sha-256\n`).join("");
  runInside(machine, `printf 'local all postgres peer\\n${lines.replaceAll("\n", "\\n")}' > /etc/postgresql/15/main/pg_hba.conf`);
  ask({ machine, port }, "postgres", "SELECT pg_reload_conf()");
}

export function newPassword(): string {
  return `sim_${randomBytes(18).toString("base64url")}`;
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
