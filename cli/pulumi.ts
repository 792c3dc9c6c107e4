import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";

import { cacheFolder, configFolder, dataFolder, project } from "../tools/setup/folders";
import { capture, Failed, run } from "../tools/setup/process";
import { findPulumi } from "../tools/setup/pulumi";
import { SetUpError } from "../tools/setup/step";

/**
 * The Pulumi CLI, run in the project's folder on one stack. The user's own backend, login and passphrase are used where there are
 * any; else the state is kept in a folder of this box, with a passphrase made for it.
 */
export class Pulumi {
  private readonly program: string;
  private readonly env: Readonly<Record<string, string>>;

  constructor(readonly stack: string) {
    const program = findPulumi();
    if (program === null) throw new SetUpError("the Pulumi CLI is missing; npm run up installs it");
    this.program = program;
    this.env = environment(program);
  }

  /** The folder of this box that the state lies in; null where it lies elsewhere. */
  get stateFolder(): string | null {
    return folderOf(this.env["PULUMI_BACKEND_URL"] ?? chosenBackend());
  }

  /** On our terminal. Result: the exit status. */
  run(verb: readonly string[]): Promise<number> {
    return run(this.program, [...verb, "--stack", this.stack], { cwd: project, env: this.env });
  }

  /** In silence. Result: what it printed. */
  capture(verb: readonly string[], stdin?: string): Promise<string> {
    const options = { cwd: project, env: this.env, ...(stdin === undefined ? {} : { stdin }) };
    return capture(this.program, [...verb, "--stack", this.stack, "--non-interactive"], options);
  }

  /** Makes the stack where it is not there yet. Result: whether it was made. Error: nothing describes it. */
  async ensure(): Promise<boolean> {
    if ((await this.list()).includes(this.stack)) return false;
    if (!existsSync(join(project, `Pulumi.${this.stack}.yaml`))) {
      throw new SetUpError(`there is no Pulumi.${this.stack}.yaml; copy one of the others, or name one of them: ${described().join(", ")}`);
    }
    await capture(this.program, ["stack", "init", this.stack, "--non-interactive"], { cwd: project, env: this.env });
    return true;
  }

  /** Error: there is no such stack, with the command that makes it. */
  async require(): Promise<void> {
    const stacks = await this.list();
    if (!stacks.includes(this.stack)) {
      const others = stacks.length === 0 ? "" : `; there are: ${stacks.join(", ")}`;
      throw new Failed(`there is no stack "${this.stack}"${others}; make it: npm run up -- ${this.stack}`, 1);
    }
  }

  private async list(): Promise<string[]> {
    const listed = await capture(this.program, ["stack", "ls", "--json", "--non-interactive"], { cwd: project, env: this.env });
    return (JSON.parse(listed) as { name: string }[]).map(({ name }) => name.split("/").pop() ?? name);
  }
}

/** Names of the stacks that have a file in the project's folder. */
function described(): string[] {
  return readdirSync(project).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
}

function environment(program: string): Record<string, string> {
  return {
    // The language host lies beside the engine.
    PATH: `${dirname(program)}${delimiter}${process.env["PATH"] ?? ""}`,
    PULUMI_SKIP_UPDATE_CHECK: "1",
    // `tsc` checks the types. Only newer language hosts read the tsconfig that Pulumi.yaml names; this works with all.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    // Spares Node 22 and newer the compilation of the SDK: https://nodejs.org/api/module.html#module-compile-cache
    NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? join(cacheFolder(), "node"),
    // The engine would try to download the plugin of every package in node_modules, used or not, before each run.
    PULUMI_OPTION_SKIP_PLUGIN_PRE_INSTALL: "true",
    ...backend(),
  };
}

/** Empty where the user has a backend already. */
function backend(): Record<string, string> {
  const own = chosenBackend();
  const state = join(dataFolder(), "state");
  if (!own) mkdirSync(state, { recursive: true, mode: 0o700 });
  return { ...(own ? {} : { PULUMI_BACKEND_URL: `file://${state}` }), ...passphrase() };
}

/** What the user has chosen, in the order in which the engine looks; "" when nothing. A token is one of Pulumi's own service. */
function chosenBackend(): string {
  return process.env["PULUMI_BACKEND_URL"] ?? process.env["PULUMI_ACCESS_TOKEN"] ?? login();
}

/** "file:///var/state" is the folder /var/state, "file://~" the home. https://www.pulumi.com/docs/iac/concepts/state-and-backends/#local-filesystem */
export function folderOf(backend: string): string | null {
  return backend.startsWith("file://") ? backend.slice("file://".length) : null;
}

/** Where `pulumi login` has been; "" when nowhere. */
function login(): string {
  const file = join(process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi"), "credentials.json");
  if (!existsSync(file)) return "";
  return (JSON.parse(readFileSync(file, "utf8")) as { current?: string }).current ?? "";
}

/** Used by stacks whose secrets are encrypted with a passphrase, and by no other. */
function passphrase(): Record<string, string> {
  if (process.env["PULUMI_CONFIG_PASSPHRASE"] !== undefined || process.env["PULUMI_CONFIG_PASSPHRASE_FILE"]) return {};
  const file = join(configFolder(), "passphrase");
  if (!existsSync(file)) {
    mkdirSync(configFolder(), { recursive: true, mode: 0o700 });
    writeFileSync(file, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600, flag: "wx" });
    console.log(`Made ${file}: it opens the secrets of your stacks on this box, so keep it.`);
  }
  return { PULUMI_CONFIG_PASSPHRASE_FILE: file };
}
