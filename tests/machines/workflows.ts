import { type ChildProcess, execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { findPulumi } from "../../tools/setup/pulumi";
import { findWorkflowTool } from "../../tools/workflows";
import { afterDeath, recordBoots, run, type Outcome } from "./stack";

const root = resolve(__dirname, "../..");
const actions = join(__dirname, "actions");

/** A clone of the project, as somebody has it who keeps a stack of their own in it, and what GitHub would do with its workflows. */
export class Clone {
  readonly folder = mkdtempSync(join(tmpdir(), "webstack-workflows-"));
  readonly origin = join(this.folder, "origin");
  private readonly environment: NodeJS.ProcessEnv;
  private readonly watcher: ChildProcess;

  constructor(readonly stack: string) {
    mkdirSync(this.origin);
    mkdirSync(join(this.folder, "state"));
    mkdirSync(join(this.folder, "bin"));
    const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], { cwd: root });
    execFileSync("sh", ["-c", 'tar --create --null --files-from=- --ignore-failed-read | tar --extract --directory "$1"', "sh", this.origin], { cwd: root, input: files, stdio: ["pipe", "pipe", "ignore"] });
    this.environment = {
      ...process.env,
      PATH: [join(this.folder, "bin"), dirname(findPulumi() ?? ""), process.env.PATH ?? ""].join(delimiter),
      STACK: stack,
      PULUMI_BACKEND_URL: this.backend,
      PULUMI_CONFIG_PASSPHRASE: "of a test",
    };
    this.watcher = afterDeath(`cd ${this.origin} && npm run down -- ${stack} > ../down.log 2>&1; rm -rf ${this.folder}`, this.environment);
    this.git("init", "--quiet", "--initial-branch=main");
    // By its address, a runner knows the name of the repository.
    this.git("remote", "add", "origin", "https://github.com/somebody/webstack");
  }

  private get backend(): string {
    return `file://${join(this.folder, "state")}`;
  }

  git(...words: readonly string[]): string {
    return execFileSync("git", ["-c", "user.name=Test", "-c", "user.email=test@example.org", ...words], { cwd: this.origin, encoding: "utf8" }).trim();
  }

  commit(message: string): void {
    this.git("add", "--all");
    this.git("commit", "--quiet", "--message", message);
  }

  /** Puts a program on the PATH of the steps. */
  program(name: string, text: string): void {
    const file = join(this.folder, "bin", name);
    writeFileSync(file, text);
    chmodSync(file, 0o755);
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), "utf8");
  }

  /** Runs a verb of the project in the clone itself, as its owner would. */
  npm(...words: readonly string[]): Promise<Outcome> {
    return run("npm", ["run", "--silent", ...words], { cwd: this.origin, env: this.environment });
  }

  /** Runs every job of a workflow, or one, in order. `event` is what GitHub would send. */
  async workflow(name: string, eventName: string, event: object = {}, job?: string): Promise<Outcome> {
    const file = join(this.folder, "event.json");
    writeFileSync(file, JSON.stringify(event));
    const local = [...readFileSync(join(this.origin, ".github/workflows", `${name}.yml`), "utf8").matchAll(/uses: ([a-z-]+\/([a-z-]+)@[0-9a-f]{40})/g)];
    const replaced = [...new Map(local.map(([, action = "", short = ""]) => [action, `${action}=${join(actions, short)}`])).values()];
    const words = [
      eventName, "--workflows", join(this.origin, ".github/workflows", `${name}.yml`), "--eventpath", file,
      "--platform", "ubuntu-24.04=-self-hosted", "--no-skip-checkout", "--no-cache-server", "--action-cache-path", join(this.folder, "act"),
      ...(job === undefined ? [] : ["--job", job]),
      ...replaced.flatMap((pair) => ["--local-repository", pair]),
      "--env", `ORIGIN=${this.origin}`, "--env", `PACKAGES=${join(root, "node_modules")}`, "--var", `STACK=${this.stack}`, "--var", `PULUMI_BACKEND_URL=${this.backend}`, "--secret", "PULUMI_CONFIG_PASSPHRASE=of a test", "--secret", "GITHUB_TOKEN=none",
    ];
    // A runner knows the stack by the repository's variables and secrets alone.
    const runner = Object.entries(this.environment).filter(([variable]) => !/^(STACK|PULUMI_.*)$/.test(variable));
    const outcome = await run(findWorkflowTool("act"), words, { cwd: this.origin, env: Object.fromEntries(runner) });
    recordBoots(outcome);
    return outcome;
  }

  /** Takes the stack down and the clone away. */
  async down(): Promise<void> {
    const { code, stdout, stderr } = await this.npm("down", "--", this.stack);
    if (code !== 0) throw new Error(`down ended with ${code}\n${stdout}\n${stderr}`);
    if (this.watcher.pid !== undefined) process.kill(-this.watcher.pid, "SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }
}
