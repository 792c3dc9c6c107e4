import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse, stringify } from "yaml";
import type { CloudName } from "../cloud/schema";
import { Store, type Entry, type Fault, type Stored } from "../cloud/store";
import { type Outcome, run, stackFileText, TestStack } from "./stack";

/** What a user exports for each cloud. The simulated ones let everybody in. */
const login = {
  ...{ DIGITALOCEAN_TOKEN: "simulated", SPACES_ACCESS_KEY_ID: "simulated", SPACES_SECRET_ACCESS_KEY: "simulated" },
  ...{ AWS_ACCESS_KEY_ID: "simulated", AWS_SECRET_ACCESS_KEY: "simulated", AWS_REGION: "eu-central-1" },
} as const;

const simulator = resolve(__dirname, "../cloud");

export interface CloudOptions {
  /** The stack file it is made from. */
  readonly example?: string;
  /** Folder of another program than ours; its stack file is written by {@link TestCloud.configure}. */
  readonly program?: string;
}

/**
 * A stack on a simulated cloud: the real engine, and behind hosts and databases real machines of this box. The first half of `range` is
 * for the program's networks, public addresses come from the second.
 */
export class TestCloud extends TestStack {
  readonly store: Store;

  /** @param name a DNS label; names the machines, the bridges and the nft tables */
  constructor(
    name: string,
    range: string,
    readonly cloud: CloudName,
    { example, program }: CloudOptions = {},
  ) {
    const folder = mkdtempSync(join(tmpdir(), `webstack-cloud-${name}-`));
    const { privateRange, publicRange } = halves(range);
    super(name, privateRange, example, {
      environment: { ...login, WEBSTACK_CLOUD: folder },
      afterwards: `WEBSTACK_CLOUD=${folder} ${join(simulator, "start")} teardown; rm -rf ${folder}`,
      ...(program === undefined ? {} : { program }),
    });
    this.store = Store.make(folder, { name: this.name, publicRange });
    const file = join(this.folder, "Pulumi.yaml");
    const project = parse(readFileSync(file, "utf8")) as { plugins?: { providers?: object[] } };
    const own = program === undefined ? [] : [{ name: "command", path: resolve(__dirname, "../../tools/command-plugin") }];
    const providers = [
      ...(project.plugins?.providers ?? []),
      ...own,
      ...["digitalocean", "aws"].map((provider) => ({ name: provider, path: simulator })),
    ];
    writeFileSync(file, stringify({ ...project, plugins: { providers } }));
  }

  /** For another program than ours: makes the stack with these values, keys with their namespace. */
  async configure(config: Readonly<Record<string, unknown>>): Promise<void> {
    const file = join(this.folder, `Pulumi.${this.name}.yaml`);
    const first = !existsSync(file);
    const old = first ? {} : (parse(readFileSync(file, "utf8")) as Record<string, unknown>);
    writeFileSync(file, stackFileText({ ...old, config: { ...(old.config as object | undefined), ...config } }));
    if (!first) return;
    const { code, stderr } = await this.pulumi(["stack", "init", this.name]);
    if (code !== 0) throw new Error(stderr);
  }

  refresh(): Promise<Outcome> {
    return this.pulumi(["refresh", "--yes", "--skip-preview"]);
  }

  /** As a user asks for it; `down` needs no consent. */
  destroy(): Promise<Outcome> {
    return this.pulumi(["destroy", "--yes", "--skip-preview"]);
  }

  /** The outputs of any program. */
  async values(): Promise<Readonly<Record<string, unknown>>> {
    const { stdout } = await this.pulumi(["stack", "output", "--json"]);
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  /** What the cloud did, in order: "create Droplet web-0", "delete Droplet web-0". Failures end in ": ERROR". */
  journal(): string[] {
    return this.entries()
      .filter(({ op }) => op !== "replace")
      .map(({ op, type, name, error }) => `${op} ${type.split(":").at(-1) ?? ""} ${name}${error === undefined ? "" : `: ${error}`}`);
  }

  /** What the cloud did since a length of its journal. */
  since(mark: number): string[] {
    return this.journal().slice(mark);
  }

  entries(): Entry[] {
    return this.store.journal();
  }

  /** Resources of a type that the cloud has now: "Droplet". */
  resources(type: string): Stored[] {
    return this.store.all().filter((stored) => stored.type.endsWith(`:${type}`));
  }

  ask(fault: Fault): void {
    this.store.ask(fault);
  }

  /** Changes a line of this stack's copy of the program, as an upgrade would. */
  rewrite(path: string, line: RegExp, now: string): void {
    const file = join(this.folder, path);
    const text = readFileSync(file, "utf8");
    if (!line.test(text)) throw new Error(`${path} has no line like ${String(line)}`);
    writeFileSync(
      file,
      text.replace(line, () => now),
    );
  }

  /** How long the gate asks a machine that does not answer; two minutes as shipped. */
  gatePatience(seconds: number): void {
    this.rewrite("infra/targets/bringUp.ts", /const gateSeconds = "\d+";/, `const gateSeconds = "${seconds}";`);
  }

  /** Removes the cloud with all its machines, also those of a stack that refuses to be destroyed. */
  override async down(): Promise<Outcome> {
    if (!existsSync(this.folder)) return { code: 0, stdout: "", stderr: "" };
    const outcome = await run(join(simulator, "start"), ["teardown"], { env: this.environment });
    if (outcome.code !== 0) return outcome;
    this.forget();
    rmSync(this.store.folder, { recursive: true });
    return outcome;
  }
}

/** Everything that a command printed. */
export const said = ({ stdout, stderr }: Outcome): string => `${stdout}\n${stderr}`;

/** What `npm run down` says that stays, as often as it says so: ["bucket", "backups-1234567"]. */
export function printedLeft({ stdout }: Outcome): readonly (readonly [kind: string, name: string])[] {
  const lists = [...stdout.matchAll(/^This stays, .*\n((?: {2}\S.*\n)+)/gm)].map(([, rows = ""]) => rows);
  return lists.flatMap((rows) => [...rows.matchAll(/^ {2}(\S.*?) (\S+) {2,}/gm)].map(([, kind = "", name = ""]) => [kind, name] as const));
}

/** Words of a bare `pulumi destroy` of a protected stack. */
export const refusedDestroy = (stack: string): string =>
  `stack ${stack} is protected, and nothing of it was deleted. To allow it: npm run pulumi -- ${stack} config set protect nothing; ` +
  `npm run up -- ${stack}. After that npm run down -- ${stack} makes a last backup`;

/** What one of the small programs' hosts says on port 80. */
export async function fetched(address: unknown): Promise<string> {
  const { code, stdout } = await run("curl", ["-s", "--max-time", "3", `http://${String(address)}/`]);
  return code === 0 ? stdout.trim() : `curl: ${code}`;
}

/** Steps that the engine took, in the order in which they ended: "created replacement droplet:Droplet web-0". */
export function steps({ stdout }: Outcome): string[] {
  const line =
    /^\s*[-+~><=*]{1,2}\s+(\S+)\s+(\S+)\s+(created replacement|deleted original|created|updated|deleted|creating failed|updating failed|\*\*creating failed\*\*|\*\*updating failed\*\*|\*\*deleting failed\*\*)\b/;
  const all = stdout.split("\n").flatMap((text) => {
    const [, type = "", name = "", done = ""] = line.exec(text) ?? [];
    return done === "" ? [] : [`${done.replaceAll("*", "")} ${type.split(":").at(-1) ?? ""} ${name}`];
  });
  // A step whose output comes late is printed again.
  return all.filter((step, index) => step !== all[index - 1]);
}

/** "10.84.20.0/24" is 10.84.20.0/25 for networks and 10.84.20.128/25 for public addresses. */
function halves(range: string): { privateRange: string; publicRange: string } {
  const [base = "", mask = "24"] = range.split("/");
  const bytes = base.split(".").map(Number);
  const first = bytes.reduce((sum, byte) => sum * 256 + byte, 0) + 2 ** (31 - Number(mask));
  const second = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join(".");
  return { privateRange: `${base}/${Number(mask) + 1}`, publicRange: `${second}/${Number(mask) + 1}` };
}
