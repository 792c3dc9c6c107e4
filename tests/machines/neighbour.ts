import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { databaseImage } from "../../infra/targets/local/images";
import { imagePath } from "../../providers/nspawn/image";
import { makeAuthority, sign } from "../cloud/authority";
import { afterDeath, run } from "./stack";

const programs = "/usr/lib/postgresql/15/bin";

/**
 * Runs a program of the database machines' image, of which nothing is changed, with the folder $1 at /mnt, as its user postgres. The
 * network is the box's.
 */
const inImage = 'mount --bind "$1" "$2/mnt" && mount --rbind /dev "$2/dev" && image=$2 && shift 2 && exec chroot "$image" "$@"';
const asPostgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"];

/**
 * Somebody else's PostgreSQL 15, on an address of this box: TLS by an authority of its own, one database `shop` of the login `shop`. It
 * goes with {@link stop}, or when this process dies.
 */
export class Neighbour {
  private readonly folder: string;

  private constructor(
    readonly address: string,
    readonly port: number,
    private readonly password: string,
  ) {
    this.folder = mkdtempSync("/var/tmp/webstack-neighbour-");
  }

  static start(address: string, port: number, password: string): Neighbour {
    const server = new Neighbour(address, port, password);
    server.make();
    return server;
  }

  /** As its service shows it to a customer. */
  get url(): string {
    return `postgres://shop:${this.password}@${this.address}:${this.port}/shop?sslmode=require`;
  }

  /** PEM text of the authority. */
  get ca(): string {
    return readFileSync(join(this.folder, "ca.pem"), "utf8");
  }

  /** Asks as its superuser: what psql prints without headings. */
  ask(sql: string, database = "postgres"): string {
    return this.inside(`${programs}/psql`, [
      "-XAtq",
      "-v",
      "ON_ERROR_STOP=1",
      "-h",
      "/mnt",
      "-p",
      String(this.port),
      "-d",
      database,
      "-c",
      sql,
    ]).trim();
  }

  async stop(): Promise<void> {
    await run("sh", ["-c", this.ending]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get ending(): string {
    return `kill -QUIT $(head -1 ${this.folder}/data/postmaster.pid); sleep 0.5; rm -rf ${this.folder}`;
  }

  private make(): void {
    const { folder, address, port } = this;
    const authority = makeAuthority("the neighbour's authority");
    const server = sign(authority, [`IP:${address}`]);
    writeFileSync(join(folder, "ca.pem"), authority.certificate);
    writeFileSync(join(folder, "server.pem"), server.certificate);
    writeFileSync(join(folder, "server.key"), server.key, { mode: 0o600 });
    this.inside("chown", ["-R", "postgres:", "/mnt"], []);
    afterDeath(this.ending, process.env);
    this.inside(`${programs}/initdb`, [
      "--pgdata=/mnt/data",
      "--auth-local=peer",
      "--auth-host=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C.UTF-8",
      "--no-sync",
    ]);
    const settings = {
      listen_addresses: address,
      port,
      unix_socket_directories: "/mnt",
      ssl: "on",
      ssl_cert_file: "/mnt/server.pem",
      ssl_key_file: "/mnt/server.key",
      fsync: "off",
    };
    this.inside(`${programs}/pg_ctl`, [
      "start",
      "--pgdata=/mnt/data",
      "--log=/mnt/log",
      "--silent",
      `--options=${Object.entries(settings)
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(" ")}`,
    ]);
    writeFileSync(join(folder, "data/pg_hba.conf"), "local all postgres peer\nhostssl all shop all scram-sha-256\n");
    this.ask("select pg_reload_conf()");
    this.ask(`create role shop login password '${this.password}'`);
    this.ask("create database shop");
  }

  private inside(program: string, words: readonly string[], user = asPostgres): string {
    const place = ["--mount", "sh", "-c", inImage, "sh", this.folder, imagePath(databaseImage("debian-12", "postgres"))];
    return execFileSync("unshare", [...place, ...user, program, ...words], { stdio: ["ignore", "pipe", "pipe"] }).toString();
  }
}
