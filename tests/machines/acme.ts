import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPebble } from "../../tools/pebble";
import { makeAuthority, sign } from "../cloud/authority";
import { ask } from "./http";

/** A certificate authority with a real ACME server on the box's own address. Names lead to `site`, and it asks there on port 80. */
export class AcmeServer {
  private readonly folder = mkdtempSync(join(tmpdir(), "acme-"));
  private programs: ChildProcess[] = [];

  /** @param address of the box, as the site's machine sees it; the next ports from `port` on are used, too */
  constructor(
    private readonly address: string,
    private readonly port: number,
    private readonly site: string,
    private readonly validitySeconds: number,
  ) {
    const authority = makeAuthority("directory CA");
    const server = sign(authority, [`IP:${address}`, "IP:127.0.0.1"]);
    writeFileSync(join(this.folder, "ca.pem"), authority.certificate);
    writeFileSync(join(this.folder, "server.pem"), server.certificate);
    writeFileSync(join(this.folder, "server.key"), server.key, { mode: 0o600 });
  }

  /** What a stack's file says to use it; known before it runs. */
  get description() {
    return {
      directory: `https://${this.address}:${this.port}/dir`,
      email: "ops@shop.test",
      ca: readFileSync(join(this.folder, "ca.pem"), "utf8"),
    };
  }

  /** Resolves when it answers. */
  async start(): Promise<void> {
    const dns = `127.0.0.1:${this.port + 2}`;
    const config = {
      listenAddress: `${this.address}:${this.port}`,
      managementListenAddress: `127.0.0.1:${this.port + 1}`,
      certificate: join(this.folder, "server.pem"),
      privateKey: join(this.folder, "server.key"),
      httpPort: 80,
      tlsPort: 443,
      keyAlgorithm: "ecdsa",
      retryAfter: { authz: 1, order: 1 },
      profiles: { default: { description: "the only one", validityPeriod: this.validitySeconds } },
    };
    const file = join(this.folder, "pebble.json");
    writeFileSync(file, JSON.stringify({ pebble: config }));
    const servers = ["http01", "https01", "tlsalpn01", "doh"].flatMap((name) => [`-${name}`, ""]);
    this.run(findPebble("pebble-challtestsrv"), [
      "-dnsserver",
      dns,
      "-management",
      `127.0.0.1:${this.port + 3}`,
      "-defaultIPv4",
      this.site,
      "-defaultIPv6",
      "",
      ...servers,
    ]);
    this.run(findPebble("pebble"), ["-config", file, "-dnsserver", dns, "-strict"]);
    for (let left = 100; ; left -= 1) {
      const status = await this.management("roots/0").then(
        (answer) => answer.status,
        () => 0,
      );
      if (status === 200) return;
      if (left === 0) throw new Error(`the ACME server on ${this.address}:${this.port} does not answer`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** PEM of the authority whose certificates it gives; a new one at each start. */
  async root(): Promise<string> {
    return (await this.management("roots/0")).body;
  }

  stop(): void {
    for (const program of this.programs) program.kill("SIGKILL");
    this.programs = [];
  }

  remove(): void {
    this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private management(path: string) {
    return ask(`https://127.0.0.1:${this.port + 1}/${path}`, { ca: this.description.ca });
  }

  private run(program: string, words: readonly string[]): void {
    // The kernel ends it when this process ends without doing so.
    this.programs.push(
      spawn("setpriv", ["--pdeathsig", "KILL", program, ...words], { env: { ...process.env, PEBBLE_VA_NOSLEEP: "1" }, stdio: "ignore" }),
    );
  }
}
