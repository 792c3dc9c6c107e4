import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

import { cacheFolder, project } from "../tools/setup/folders";
import { capture, Failed, run, runWithout } from "../tools/setup/process";
import { findPulumi } from "../tools/setup/pulumi";
import { SetUpError } from "../tools/setup/step";
import { besideFile, seeksFile, takesFile, withConfigFile, writesFile } from "./engineFile";
import { failureOf, type Failure } from "./failure";
import { keepingText } from "./keepText";
import { engineFileOf, keepingSettings } from "./privateFile";
import { stackFileOf } from "./stackFiles";
import { movedTo } from "./state/moved";
import {
  backendEnvironment,
  folderOf,
  isWrongPassphrase,
  makeBackend,
  ofAnotherUser,
  ownBackend,
  stateFolder,
  stateUrl,
  wrongPassphrase,
} from "./backend";

/**
 * The Pulumi CLI, run in the project's folder on one stack. The user's own backend, login and passphrase are used where there are
 * any; else the state is kept in a folder of this box, with a passphrase made for it.
 */
export class Pulumi {
  private readonly program: string;
  private readonly env: Readonly<Record<string, string>>;

  /** `place`: where the stack's settings are read from, and what of the environment is other, than usual. */
  constructor(
    readonly stack: string,
    private readonly place: { readonly configFile?: string; readonly env?: Readonly<Record<string, string>> } = {},
  ) {
    const program = findPulumi();
    if (program === null) throw new SetUpError("the Pulumi CLI is missing; npm run up installs it");
    this.program = program;
    this.env = { ...environment(program), ...place.env };
  }

  /** The words of a command on this stack. */
  private words(verb: readonly string[]): readonly string[] {
    return this.told([...verb, "--stack", this.stack]);
  }

  /** The words with the stack's file, where the engine has to be told of it. */
  private told(words: readonly string[]): readonly string[] {
    if (!takesFile(words)) return words;
    const { file } = this;
    return this.findsItself(file) ? words : withConfigFile(words, file);
  }

  private get file(): string {
    return this.place.configFile ?? engineFileOf(this.stack);
  }

  private findsItself(file: string): boolean {
    return file === join(project, `Pulumi.${this.stack}.yaml`);
  }

  /** Lends the folder in which the engine finds the stack's file by itself. */
  private inProject<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
    const { file } = this;
    return this.findsItself(file) ? use(project) : besideFile(this.stack, file, stackFileOf(this.stack), use);
  }

  /** The folder of this box that the state lies in; null where it lies elsewhere. */
  get stateFolder(): string | null {
    return folderOf(this.env["PULUMI_BACKEND_URL"] ?? ownBackend());
  }

  /**
   * On our terminal, without the lines that match `hidden`; the engine does not know then that it is on one, and asks nothing. Result: the
   * exit status.
   */
  async run(verb: readonly string[], hidden?: RegExp): Promise<number> {
    const options = { cwd: project, env: this.env };
    const status = await this.keepingFile(verb, () =>
      hidden === undefined ? run(this.program, this.words(verb), options) : runWithout(this.program, this.words(verb), hidden, options),
    );
    // What it printed is on the terminal alone.
    if (status !== 0 && existsSync(stackFileOf(this.stack)))
      await this.capture(["config", "--show-secrets", "--json"]).catch(tellPassphrase);
    return status;
  }

  /** As {@link run}, and what failed of the resources, which is null where none did. */
  async watch(verb: readonly string[]): Promise<{ readonly status: number; readonly failure: Failure | null }> {
    const folder = mkdtempSync(join(tmpdir(), "webstack-events-"));
    try {
      const events = join(folder, "events");
      const status = await this.run([...verb, "--event-log", events]);
      return { status, failure: status === 0 || !existsSync(events) ? null : failureOf(readFileSync(events, "utf8")) };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** Whatever words, with this stack selected, on our terminal. Result: the exit status. */
  runAny(words: readonly string[]): Promise<number> {
    const runIn = (cwd: string) => run(this.program, this.told(words), { cwd, env: { ...this.env, PULUMI_STACK: this.stack } });
    return this.keepingFile(words, () => (seeksFile(words) ? this.inProject(runIn) : runIn(project)));
  }

  /** In silence. Result: what it printed. */
  async capture(verb: readonly string[], stdin?: string): Promise<string> {
    const options = { cwd: project, env: this.env, ...(stdin === undefined ? {} : { stdin }) };
    return this.keepingFile(verb, () =>
      capture(this.program, [...this.words(verb), "--non-interactive"], options).catch((error: unknown) => this.explain(error)),
    );
  }

  /** Whether the backend has the stack. */
  async isMade(): Promise<boolean> {
    return (await listed(this.program, this.env)).some(({ name }) => name === this.stack);
  }

  /** Makes the stack where it is not there yet. Result: whether it was made. Error: nothing describes it, or it is kept elsewhere. */
  async ensure(): Promise<boolean> {
    const isMade = await this.isMade();
    if (!isMade && !existsSync(stackFileOf(this.stack))) {
      throw new SetUpError(`there is no Pulumi.${this.stack}.yaml; npm run new -- --name ${this.stack} makes one`);
    }
    const here = isMade ? null : await this.onThisBox();
    if (here !== null) throw new SetUpError(here);
    makeBackend();
    if (!isMade) await this.make();
    return !isMade;
  }

  /**
   * Makes the stack. `provider`: what opens its secrets, where that is no passphrase. `folder`: where its file is written, where that is
   * not to be its own.
   */
  async make({ provider = null, folder }: { readonly provider?: string | null; readonly folder?: string } = {}): Promise<void> {
    const words = ["stack", "init", this.stack, "--non-interactive", ...(provider === null ? [] : ["--secrets-provider", provider])];
    const makeIn = (cwd: string) => capture(this.program, words, { cwd, env: this.env }).catch((error: unknown) => this.explain(error));
    await (folder === undefined ? this.keepingFile(words, () => this.inProject(makeIn)) : makeIn(folder));
  }

  /** Error: there is no such stack, with the command that makes it. */
  async require(): Promise<void> {
    const stacks = (await listed(this.program, this.env)).map(({ name }) => name);
    if (stacks.includes(this.stack)) return;
    throw new SetUpError(
      (await this.onThisBox()) ??
        `stack ${this.stack} was never brought up; npm run up -- ${this.stack} does ` +
          `that${stacks.length === 0 ? "" : `; there are: ${stacks.join(", ")}`}`,
    );
  }

  /**
   * Why a stack that this box keeps, or kept, for this user or another, is not seen, in a line; null where it keeps none of that name, or
   * is asked already.
   */
  async onThisBox(): Promise<string | null> {
    const url = this.stateFolder === null ? null : movedTo(this.stateFolder, this.stack);
    if (url !== null) return `the state of ${this.stack} was moved to a bucket: export PULUMI_BACKEND_URL='${url}'`;
    const elsewhere = ownBackend();
    if (elsewhere === "") return ofAnotherUser(this.stack);
    if (elsewhere === stateUrl() || !existsSync(stateFolder())) return null;
    const kept = await listed(this.program, { ...this.env, PULUMI_BACKEND_URL: stateUrl() });
    if (!kept.some(({ name }) => name === this.stack)) return null;
    return (
      `stack ${this.stack} is kept on this box, and pulumi is logged in to ${elsewhere}, which has none of that name; for the one of ` +
      `this box: export PULUMI_BACKEND_URL=${stateUrl()}`
    );
  }

  /** Commands that only read run side by side, and an `up` may take as long as somebody edits the file. */
  private keepingFile<Result>(words: readonly string[], write: () => Promise<Result>): Promise<Result> {
    if (!takesFile(words) && !seeksFile(words)) return write();
    const { file } = this;
    return keepingSettings(this.stack, () => (writesFile(words) ? keepingText(file, write) : write()));
  }

  private explain(error: unknown): never {
    if (error instanceof Failed && isWrongPassphrase(error.message)) throw new SetUpError(wrongPassphrase(this.stack));
    throw error;
  }
}

/** Only that is told; anything else stands on the terminal already. */
function tellPassphrase(error: unknown): void {
  if (error instanceof SetUpError) console.error(`webstack: ${error.message}`);
}

/** A stack that the backend has, which has resources while it is up. */
export interface MadeStack {
  readonly name: string;
  readonly up: boolean;
}

/** The stacks of the backend; none where there is no Pulumi CLI yet, or nothing was ever made. Makes no file. */
export async function madeStacks(): Promise<readonly MadeStack[]> {
  const program = findPulumi();
  return program === null ? [] : listed(program, environment(program));
}

async function listed(program: string, env: Readonly<Record<string, string>>): Promise<readonly MadeStack[]> {
  // The engine refuses a folder that is not there yet.
  if (env["PULUMI_BACKEND_URL"] === stateUrl() && !existsSync(stateFolder())) return [];
  const text = await capture(program, ["stack", "ls", "--json", "--non-interactive"], { cwd: project, env });
  return (JSON.parse(text) as { name: string; resourceCount?: number }[]).map(({ name, resourceCount = 0 }) => ({
    name: name.split("/").pop() ?? name,
    up: resourceCount > 0,
  }));
}

function environment(program: string): Record<string, string> {
  return {
    // The language host lies beside the engine.
    PATH: `${dirname(program)}${delimiter}${process.env["PATH"] ?? ""}`,
    PULUMI_SKIP_UPDATE_CHECK: "1",
    // `--event-log` is an option of this. https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/cmd/pulumi/operations/up.go
    PULUMI_DEBUG_COMMANDS: "true",
    // Spares Node 22 and newer the compilation of the SDK: https://nodejs.org/api/module.html#module-compile-cache
    NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? join(cacheFolder(), "node"),
    // The engine would try to download the plugin of every package in node_modules, used or not, before each run.
    PULUMI_OPTION_SKIP_PLUGIN_PRE_INSTALL: "true",
    ...backendEnvironment(),
  };
}
