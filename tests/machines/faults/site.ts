import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { processes } from "../../../providers/nspawn/cgroup";
import { start, stop } from "../../../providers/nspawn/running";
import { folderOf, storedMachine } from "../../../providers/nspawn/store";
import { AcmeServer } from "../acme";
import { ask } from "../http";
import { record } from "../record";
import { everyRow } from "../rows";
import { repositoryPassword, type SharedName, SharedStack } from "../shared";
import type { Outcome, TestStack } from "../stack";

/** A page that takes all the memory that it can get, and one that says a line each second for a while. */
const pages = `

import time

from django.http import StreamingHttpResponse
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def _eat(_request):
    held = []
    while True:
        held.append(bytearray(b"x" * (4 << 20)))


def _lines(seconds):
    for second in range(seconds):
        time.sleep(1)
        yield f"data: {second}\\n\\n"


def _long(_request, kind, seconds):
    types = {"download": "application/octet-stream", "events": "text/event-stream"}
    return StreamingHttpResponse(_lines(seconds), content_type=types[kind], headers={"X-Accel-Buffering": "no"} if kind == "events" else {})


urlpatterns += [path("eat", _eat), path("long/<kind>/<int:seconds>", _long)]
`;

/** Longer than any request of a fault. */
const drainSeconds = everyRow() ? 150 : 50;

/** The site that everything happens to: OC Pizza with TLS, a database and backups, on machines of its own. */
export class FaultSite {
  readonly stack: TestStack;
  /** The first three numbers of its addresses. */
  readonly network: string;
  readonly address: string;
  readonly backupAddress: string;
  readonly url = "https://shop.test/";
  readonly authority: AcmeServer;
  readonly machine: string;
  private databaseAddress = "";
  /** PEM of who signs the site's certificates. */
  root = "";

  /**
   * @param name the stack that it is on
   * @param authorityPort where the certificate authority answers; the next three ports are used, too
   */
  constructor(
    name: SharedName,
    readonly authorityPort: number,
  ) {
    this.stack = new SharedStack(name);
    this.network = this.stack.range.replace(/\.0\/24$/, "");
    this.address = `${this.network}.10`;
    this.backupAddress = `${this.network}.40`;
    this.authority = new AcmeServer(`${this.network}.1`, authorityPort, this.address, 90 * 24 * 3600);
    this.machine = `webstack-${this.stack.name}-web-0`;
  }

  async up(): Promise<void> {
    appendFileSync(join(this.stack.app, "ocpizza/urls.py"), pages);
    const site = { domain: "shop.test", tls: "letsencrypt", acme: this.authority.description };
    const web = { kind: "wsgi", module: "ocpizza.wsgi:application", workers: 3, path: "/", health: { live: "/livez" }, drainSeconds };
    await this.stack.bringUp({ site, backup: { enabled: true }, services: { web } }, { backupPassword: repositoryPassword });
    this.databaseAddress = (await this.stack.outputs()).database.host;
    await this.authority.start();
    this.root = await this.authority.root();
    await this.run("hostctl renew && hostctl backup");
  }

  async down(): Promise<void> {
    this.authority.remove();
    await this.stack.down();
  }

  /** A shell command of root on the web machine that must succeed; its output. */
  run(command: string, stdin = ""): Promise<string> {
    return this.stack.remote(`sudo sh -c ${quoted(command)}`, { stdin });
  }

  /** The same, whatever comes of it. */
  attempt(command: string, stdin = ""): Promise<Outcome> {
    return this.stack.ssh(`sudo sh -c ${quoted(command)}`, { stdin });
  }

  /** A shell command of root on the database's machine. */
  database(command: string): Promise<string> {
    return this.stack.remote(`sudo sh -c ${quoted(command)}`, { address: this.databaseAddress });
  }

  superuser(question: string): Promise<string> {
    return this.stack.remote("cd / && sudo -u postgres psql -XAtq -v ON_ERROR_STOP=1 -d ocpizza", {
      stdin: question,
      address: this.databaseAddress,
    });
  }

  get databaseHost(): string {
    return this.databaseAddress;
  }

  /** Status of a page of the site; 0 when there is no answer. */
  status(path: string, method = "GET"): Promise<number> {
    return ask(`${this.url}${path}`, { address: this.address, ca: "anybody", method }).then(
      (answer) => answer.status,
      () => 0,
    );
  }

  /** Seconds until a page answers 200 again. @throws after `limit` seconds */
  async normal(limit: number, path = "healthz"): Promise<number> {
    const began = Date.now();
    for (;;) {
      const status = await this.status(path);
      const passed = (Date.now() - began) / 1000;
      if (status === 200) return passed;
      if (passed > limit) throw new Error(`/${path}: ${status} after ${passed.toFixed(1)} s`);
      await sleep(100);
    }
  }

  /** Unit of the slot that serves. */
  async unit(): Promise<string> {
    return `web@${(await this.run("readlink /etc/nginx/webstack/upstreams/web.conf")).replace(/^.*web-(blue|green)\.conf$/, "$1")}.service`;
  }

  property(unit: string, name: string): Promise<string> {
    return this.run(`systemctl show ${unit} -p ${name} --value`);
  }

  /** Digest of the release that serves. */
  async release(): Promise<string> {
    return (await this.run("readlink /srv/webstack/current")).split("/").at(-1) ?? "";
  }

  /** A file of the app as its source has it. */
  source(path: string): string {
    return readFileSync(join(this.stack.app, path), "utf8");
  }

  /** Releases the serving source with some files over it: [name, folder with dots, content]. */
  async update(...files: readonly (readonly [string, string, string])[]): Promise<Outcome> {
    await this.run("rm -rf /opt/update && mkdir /opt/update");
    for (const [name, , content] of files) await this.run(`cat > /opt/update/${name}`, content);
    await this.run("cat > /opt/update/controller.ini", `[heavy]\n${files.map(([name, folder]) => `${name} = ${folder}\n`).join("")}`);
    return this.attempt("hostctl update /opt/update");
  }

  /** Ends every process of the web machine at once, as a power cut does. */
  cutPower(): Promise<void> {
    return stop(this.machine);
  }

  /** Power is back: the machine boots by itself. */
  async boot(): Promise<void> {
    const stored = storedMachine(this.machine);
    if (stored === undefined) throw new Error(`${this.machine} is gone`);
    record({ boots: 1 });
    start(stored);
    for (let left = 100; (await this.attempt("true")).code !== 0; left -= 1) {
      if (left === 0) throw new Error(`${this.machine} does not boot`);
      await sleep(200);
    }
  }

  /** Processes of the web machine, as this box numbers them. */
  processes(): readonly number[] {
    return processes(this.machine);
  }

  /** A file of the web machine, as this box sees it while the machine writes it. */
  disk(path: string): string {
    return join(folderOf(this.machine), "upper", path);
  }
}

function quoted(words: string): string {
  return `'${words.replaceAll("'", `'"'"'`)}'`;
}
