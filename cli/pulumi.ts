import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
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
    makeBackend();
    if ((await listed(this.program, this.env)).some(({ name }) => name === this.stack)) return false;
    if (!existsSync(join(project, `Pulumi.${this.stack}.yaml`))) {
      throw new SetUpError(`there is no Pulumi.${this.stack}.yaml; npm run new -- --name ${this.stack} makes one`);
    }
    await capture(this.program, ["stack", "init", this.stack, "--non-interactive"], { cwd: project, env: this.env });
    return true;
  }

  /** Error: there is no such stack, with the command that makes it. */
  async require(): Promise<void> {
    const stacks = (await listed(this.program, this.env)).map(({ name }) => name);
    if (!stacks.includes(this.stack)) {
      const others = stacks.length === 0 ? "" : `; there are: ${stacks.join(", ")}`;
      throw new Failed(`there is no stack "${this.stack}"${others}; make it: npm run up -- ${this.stack}`, 1);
    }
  }
}

/** A stack that the backend has, which has resources while it is up. */
export interface MadeStack {
  readonly name: string;
  readonly up: boolean;
}

/** The stacks of the backend; none where there is no Pulumi CLI yet, or nothing was ever made. Makes no file. */
export async function madeStacks(): Promise<readonly MadeStack[]> {
  const program = findPulumi();
  if (program === null || (ownBackend() === "" && !existsSync(stateFolder()))) return [];
  return listed(program, environment(program));
}

async function listed(program: string, env: Readonly<Record<string, string>>): Promise<readonly MadeStack[]> {
  const text = await capture(program, ["stack", "ls", "--json", "--non-interactive"], { cwd: project, env });
  return (JSON.parse(text) as { name: string; resourceCount?: number }[]).map(({ name, resourceCount = 0 }) => ({ name: name.split("/").pop() ?? name, up: resourceCount > 0 }));
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
  return { ...(ownBackend() === "" ? { PULUMI_BACKEND_URL: `file://${stateFolder()}` } : {}), ...passphrase() };
}

/** The user's own; "" where there is none. */
function ownBackend(): string {
  return process.env["PULUMI_BACKEND_URL"] ?? process.env["PULUMI_ACCESS_TOKEN"] ?? login();
}

const stateFolder = (): string => join(dataFolder(), "state");

/** Where `pulumi login` has been; "" when nowhere. */
function login(): string {
  const file = join(process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi"), "credentials.json");
  if (!existsSync(file)) return "";
  return (JSON.parse(readFileSync(file, "utf8")) as { current?: string }).current ?? "";
}

/** Used by stacks whose secrets are encrypted with a passphrase, and by no other. */
function passphrase(): Record<string, string> {
  return ownPassphrase() ? {} : { PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile() };
}

function ownPassphrase(): boolean {
  return process.env["PULUMI_CONFIG_PASSPHRASE"] !== undefined || Boolean(process.env["PULUMI_CONFIG_PASSPHRASE_FILE"]);
}

const passphraseFile = (): string => join(configFolder(), "passphrase");

/** What a stack is kept in and opened with, where the user has nothing of that. */
function makeBackend(): void {
  if (ownBackend() === "") mkdirSync(stateFolder(), { recursive: true, mode: 0o700 });
  if (ownPassphrase() || existsSync(passphraseFile())) return;
  mkdirSync(configFolder(), { recursive: true, mode: 0o700 });
  writeFileSync(passphraseFile(), `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600, flag: "wx" });
  console.log(`Made ${passphraseFile()}: it opens the secrets of your stacks on this box, so keep it.`);
}
