import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { parse, stringify } from "yaml";
import { withConfigFile } from "../../cli/engineFile";
import { engineFileOf } from "../../cli/privateFile";
import { privateFileOf, textOf } from "../../cli/stackFiles";
import { findPulumi } from "../../tools/setup/pulumi";
import { record } from "./record";

/** The engine's program; set-up has put it there. */
export function pulumiProgram(): string {
  const found = findPulumi();
  if (found === null) throw new Error("the Pulumi CLI is missing; npm test installs it");
  return found;
}

const root = resolve(__dirname, "../..");

/** What the program reads; everything else of the project stays out of a test's copy. */
const program = [
  "Pulumi.yaml",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "infra",
  "cloud-init",
  "hostctl",
  "providers",
  "examples",
  "cli",
  "policy",
  "tools",
  "docs",
];

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a stack has beside it that is no plain one of this box. */
interface Surroundings {
  /** Of the engine and its plugins. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Shell command that the watcher runs when this process died, after the engine took down what it could. */
  readonly afterwards?: string;
  /** Folder of another program than ours. */
  readonly program?: string;
  /** A stack that stands already, with its folder and the passphrase of its secrets. */
  readonly standing?: { readonly folder: string; readonly passphrase: string };
  /** The process with which the stack goes; this one unless told otherwise. */
  readonly owner?: number;
  /**
   * Whether its machines make an RSA host key as long as they are to have, for who judges their SSH or how long they take. One of 1024 bits
   * otherwise: it costs nothing, 4096 two seconds of the processor for each machine.
   */
  readonly rsaHostKey?: true;
}

interface Outputs {
  readonly version: number;
  readonly siteUrl: string;
  readonly hosts: readonly { readonly name: string; readonly address: string; readonly user: string; readonly hostKey: string }[];
  readonly database: { readonly host: string; readonly port: number; readonly name: string; readonly user: string };
  readonly release: string;
}

/**
 * A stack of its own on real machines: a copy of the program with its own state, name and address range, and the real
 * engine. A watcher takes it down when this process dies without doing so.
 */
export class TestStack {
  readonly folder: string;
  readonly name: string;
  protected readonly environment: NodeJS.ProcessEnv;
  protected readonly passphrase: string;
  private readonly watcher: ChildProcess | undefined;
  private readonly rsaBits: 1024 | 4096;
  private outputsCache: Outputs | undefined;

  /**
   * @param name a DNS label; names the machines, the bridge and the nft table
   * @param example the stack file it is made from
   */
  constructor(
    name: string,
    readonly range: string,
    private readonly example = "Pulumi.local.yaml",
    { environment = {}, afterwards = "true", program: other, standing, owner = process.pid, rsaHostKey }: Surroundings = {},
  ) {
    this.rsaBits = rsaHostKey === true ? 4096 : 1024;
    this.name = `test-${name}`;
    this.folder = standing?.folder ?? mkdtempSync(join(tmpdir(), `webstack-${this.name}-`));
    if (standing === undefined) {
      if (other !== undefined) cpSync(other, this.folder, { recursive: true });
      else this.copyProgram();
      symlinkSync(join(root, "node_modules"), join(this.folder, "node_modules"));
      mkdirSync(join(this.folder, "state"));
    }
    this.passphrase = standing?.passphrase ?? randomBytes(12).toString("hex");
    this.environment = {
      ...process.env,
      // The language host lies beside the engine.
      PATH: `${dirname(pulumiProgram())}${delimiter}${process.env.PATH ?? ""}`,
      PULUMI_BACKEND_URL: `file://${join(this.folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: this.passphrase,
      PULUMI_HOME: this.engineHome(),
      PULUMI_SKIP_UPDATE_CHECK: "1",
      // Of what a preview takes of the processor, a fifteenth is the collection of the engine's garbage. https://go.dev/doc/gc-guide#GOGC
      GOGC: "400",
      ...environment,
    };
    const down =
      `cd ${this.folder} && ${pulumiProgram()} destroy --yes --skip-preview --stack ${this.name} > down.log 2>&1; ${afterwards}; rm ` +
      `-rf ${this.folder}`;
    this.watcher = standing === undefined ? afterDeath(down, this.environment, owner) : undefined;
  }

  /**
   * The program and its applications as the project has them, whatever a test has made of the copy; but for the length of the RSA host key.
   */
  protected copyProgram(): void {
    for (const part of program) {
      rmSync(join(this.folder, part), { recursive: true, force: true });
      cpSync(join(root, part), join(this.folder, part), { recursive: true });
    }
    const userData = join(this.folder, "infra/host/user-data.ts");
    writeFileSync(userData, withRsaHostKey(readFileSync(userData, "utf8"), this.rsaBits));
  }

  /**
   * The engine's folder: the plugins of this user, and no logs, for which the engine compresses every property that it passes on: a fifth
   * of what a run takes of the processor. A file where their folder would be turns them off:
   * https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/logging/encrypted.go
   */
  private engineHome(): string {
    const home = join(this.folder, "engine");
    if (existsSync(home)) return home;
    mkdirSync(home);
    const plugins = join(process.env.PULUMI_HOME ?? join(homedir(), ".pulumi"), "plugins");
    if (existsSync(plugins)) symlinkSync(plugins, join(home, "plugins"));
    writeFileSync(join(home, "logs"), "");
    return home;
  }

  /** Path of the application that the stack serves; tests may change it. */
  get app(): string {
    return join(this.folder, "examples/ocpizza");
  }

  /**
   * Makes the stack and brings it up: its file from the example, `changes` by key without namespace, `secrets` beside those that the
   * example names.
   */
  async bringUp(changes: Readonly<Record<string, unknown>> = {}, secrets: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.init(changes, secrets);
    await this.mustUp();
  }

  /** Makes the stack's file from the example: its own range, random secrets, and `changes` by key without namespace. */
  async init(changes: Readonly<Record<string, unknown>> = {}, secrets: Readonly<Record<string, string>> = {}): Promise<void> {
    const example = parse(readFileSync(join(root, this.example), "utf8")) as { config: Record<string, unknown> };
    example.config["webstack:network"] = { range: this.range };
    writeFileSync(this.file, stackFileText(example));
    await this.must(["stack", "init", this.name]);
    const key = join(this.folder, "key");
    await promisify(execFile)("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
    const random = ((example.config["webstack:secrets"] as string[] | undefined) ?? []).map((name) => [
      name,
      randomBytes(24).toString("hex"),
    ]);
    await this.setSecrets({ sshPrivateKey: readFileSync(key, "utf8"), ...Object.fromEntries(random), ...secrets });
    this.change(changes);
  }

  /** The stack's description. */
  get file(): string {
    return join(this.folder, `Pulumi.${this.name}.yaml`);
  }

  /** Its text with all secrets, wherever they are kept. */
  whole(): string {
    return textOf(this.name, this.folder);
  }

  /** Gives it that text, and what was kept apart goes. */
  restore(whole: string): void {
    rmSync(privateFileOf(this.name, this.folder), { force: true });
    writeFileSync(this.file, whole);
  }

  /** In one call of the engine, whose words show them: they are a test's. */
  async setSecrets(values: Readonly<Record<string, string>>): Promise<void> {
    const pairs = Object.entries(values).flatMap(([name, value]) => ["--secret", `${name}=${value}`]);
    if (pairs.length > 0) await this.must(["config", "set-all", ...pairs]);
  }

  /** Replaces keys of the stack's file. An object is merged with what is there, one level deep. */
  change(changes: Readonly<Record<string, unknown>>): void {
    const document = parse(readFileSync(this.file, "utf8")) as { config: Record<string, unknown> };
    for (const [key, value] of Object.entries(changes)) {
      const old = document.config[`webstack:${key}`];
      const merge = typeof old === "object" && typeof value === "object" && !Array.isArray(value);
      document.config[`webstack:${key}`] = merge ? { ...old, ...value } : value;
    }
    writeFileSync(this.file, stackFileText(document));
  }

  /** The outputs of the run before hold until it ends: the engine writes the state meanwhile, and nobody may read it. */
  async up(...options: string[]): Promise<Outcome> {
    const outcome = await this.pulumi(["up", "--yes", "--skip-preview", "--skip-plugin-pre-install", ...options]);
    this.outputsCache = undefined;
    recordBoots(outcome);
    return outcome;
  }

  preview(...options: string[]): Promise<Outcome> {
    return this.pulumi(["preview", "--skip-plugin-pre-install", ...options]);
  }

  /** What `preview` runs, for a bench that starts it itself. */
  previewCommand(): { env: NodeJS.ProcessEnv; words: readonly string[] } {
    return {
      env: this.environment,
      words: [...this.told(["preview", "--skip-plugin-pre-install"]), "--stack", this.name, "--non-interactive"],
    };
  }

  /** The engine's command line with this stack selected. */
  pulumi(words: readonly string[], stdin = ""): Promise<Outcome> {
    const selected = words[0] === "stack" && words[1] === "init" ? [] : ["--stack", this.name];
    return run(
      pulumiProgram(),
      [...this.told(words), ...selected, "--non-interactive", "--color", "never"],
      { cwd: this.folder, env: this.environment },
      stdin,
    );
  }

  /** The words with the file that has the stack's secrets, once a verb has moved them out of its own one. */
  private told(words: readonly string[]): readonly string[] {
    return existsSync(privateFileOf(this.name, this.folder)) ? withConfigFile(words, engineFileOf(this.name, this.folder)) : words;
  }

  private async must(words: readonly string[]): Promise<Outcome> {
    const outcome = await this.pulumi(words);
    if (outcome.code !== 0) throw new Error(`pulumi ${words.join(" ")} ended with ${outcome.code}\n${outcome.stdout}\n${outcome.stderr}`);
    return outcome;
  }

  /** A verb that people type, in this stack's copy of the project and with its state: `npm("up", NAME)`. */
  async npm(verb: string, ...words: readonly string[]): Promise<Outcome> {
    const outcome = await run("npm", ["run", "--silent", verb, "--", ...words], {
      cwd: this.folder,
      env: { ...this.environment, STACK: this.name },
    });
    this.outputsCache = undefined;
    recordBoots(outcome);
    return outcome;
  }

  /** Where that is typed, and with what environment. */
  typing(): { readonly folder: string; readonly environment: NodeJS.ProcessEnv } {
    return { folder: this.folder, environment: { ...this.environment, npm_config_loglevel: "error" } };
  }

  /** A line that people type into a shell, in the same place. */
  shell(line: string): Promise<Outcome> {
    this.outputsCache = undefined;
    // npm warns of settings of the box that are none of the test's.
    return run("sh", ["-c", line], { cwd: this.folder, env: { ...this.environment, npm_config_loglevel: "error" } });
  }

  /** `up` that must succeed. */
  async mustUp(...options: string[]): Promise<Outcome> {
    const outcome = await this.up(...options);
    if (outcome.code !== 0) throw new Error(`up ended with ${outcome.code}\n${outcome.stdout}\n${outcome.stderr}`);
    return outcome;
  }

  async outputs(): Promise<Outputs> {
    this.outputsCache ??= JSON.parse((await this.must(["stack", "output", "--json"])).stdout) as Outputs;
    return this.outputsCache;
  }

  /** Runs a shell command on a host as the deploy user, which may use sudo. `web-0` unless told otherwise. */
  async ssh(command: string, { stdin = "", address }: { stdin?: string; address?: string } = {}): Promise<Outcome> {
    const host = address ?? (await this.outputs()).hosts[0]?.address ?? "";
    const options = [
      "-i",
      join(this.folder, "key"),
      "-o",
      "StrictHostKeyChecking=no",
      "-o",
      "UserKnownHostsFile=/dev/null",
      "-o",
      "LogLevel=ERROR",
      "-o",
      "ConnectTimeout=10",
      "-o",
      "ConnectionAttempts=3",
    ];
    // What OpenSSH prefers, against quantum computers, is nine tenths of what a short command takes of the processor.
    return run(
      "ssh",
      [...options, "-o", "KexAlgorithms=curve25519-sha256", `deploy@${host}`, command],
      { cwd: this.folder, env: process.env },
      stdin,
    );
  }

  /** As {@link ssh}, for a command that must succeed; its output without the last newline. */
  async remote(command: string, options: { stdin?: string; address?: string } = {}): Promise<string> {
    const { code, stdout, stderr } = await this.ssh(command, options);
    if (code !== 0) throw new Error(`${command} ended with ${code}\n${stdout}\n${stderr}`);
    return stdout.trimEnd();
  }

  /** systemd's own word for a property of a unit of the web host. */
  property(unit: string, name: string): Promise<string> {
    return this.remote(`systemctl show ${unit} -p ${name} --value`);
  }

  /** "blue" or "green". */
  async servingSlot(service = "web"): Promise<string> {
    return (await this.remote(`readlink /etc/nginx/webstack/upstreams/${service}.conf`)).replace(/^.*-(blue|green)\.conf$/, "$1");
  }

  /** Takes everything down and stops the watcher; a second call does nothing. */
  async down(): Promise<Outcome> {
    if (!existsSync(this.folder)) return { code: 0, stdout: "", stderr: "" };
    const outcome = await this.pulumi(["destroy", "--yes", "--skip-preview"]);
    if (outcome.code === 0) this.forget();
    return outcome;
  }

  /** Stops the watcher and removes the copy of the program, once nothing stands any more. */
  protected forget(): void {
    if (this.watcher?.pid !== undefined) process.kill(-this.watcher.pid, "SIGKILL");
    rmSync(this.folder, { recursive: true });
  }
}

/** Text of a stack's file. The engine, which writes the file anew, takes a moment without quotes for one and changes its form. */
export const stackFileText = (values: object): string => stringify(values, { version: "1.1" });

/** The source of the user-data with an RSA host key of so many bits. @throws when it has none */
export function withRsaHostKey(source: string, bits: number): string {
  const changed = source.replace("ssh-keygen -q -t rsa -b 4096 ", `ssh-keygen -q -t rsa -b ${bits} `);
  if (!changed.includes(`rsa -b ${bits} `)) throw new Error("infra/host/user-data.ts makes no RSA host key of 4096 bits any more");
  return changed;
}

/**
 * Runs a shell command once a process is gone, this one unless told otherwise, however it went. Kill the watcher's process group when
 * nothing is left to do.
 */
export function afterDeath(command: string, env: NodeJS.ProcessEnv, owner = process.pid): ChildProcess {
  const watcher = spawn("sh", ["-c", `while kill -0 ${owner} 2>/dev/null; do sleep 1; done; ${command}`], {
    detached: true,
    stdio: "ignore",
    env,
  });
  watcher.unref();
  return watcher;
}

/** Writes down the machines of this box that an engine says it started. */
export function recordBoots({ stdout }: Outcome): void {
  const boots = [...stdout.matchAll(/nspawn:index:Machine\s+\S+\s+(created|updated)\b/g)].length;
  if (boots > 0) record({ boots });
}

/** Runs a command to its end, whatever its exit code. */
export function run(
  command: string,
  words: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
  stdin = "",
): Promise<Outcome> {
  return new Promise((done, fail) => {
    const child = spawn(command, words, { ...options, stdio: ["pipe", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
    child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
    child.on("error", fail);
    child.on("close", (code) => done({ code: code ?? -1, stdout, stderr }));
    child.stdin.on("error", () => undefined);
    child.stdin.end(stdin);
  });
}
