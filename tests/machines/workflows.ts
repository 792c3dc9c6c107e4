import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { findProgram } from "../../tools/setup/folders";
import { findWorkflowTool } from "../../tools/workflows";
import { Store } from "../cloud/store";
import { afterDeath, pulumiProgram, run, type Outcome } from "./stack";

const root = resolve(__dirname, "../..");
const simulator = join(root, "tests/cloud/start");

/** Of nobody else on this box. */
const user = { name: "runner", id: 20_113 };

/** Folders of programs that everybody may read; some on root's own PATH are root's alone. */
const systemPath = [dirname(process.execPath), ..."/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".split(":")].join(
  delimiter,
);

/**
 * All that the owner of a stack in a cloud has on PATH, beside Node and Pulumi: no apt, and of the GNU tools none that POSIX does not know.
 * python3 has the pip that fetches wheels.
 */
const owners = ["sh", "env", "git", "ssh", "python3", "node", "npm"];

/**
 * Theirs refuse words that begin with two dashes, which POSIX has none of. Letters and answers are GNU's all the same, which is what this
 * cannot tell of a Mac.
 */
const posix = ["cat", "cmp", "cp", "date", "dirname", "mkdir", "od", "rm", "tar", "tr", "uname"];

/** Of a tool that is at `path`. */
const withoutLongOptions = (path: string) => `#!/bin/sh
for word; do
  case $word in
    --) break ;;
    --*) echo "\${0##*/}: illegal option $word" >&2; exit 64 ;;
  esac
done
exec ${path} "$@"
`;

/**
 * A clone of the project on DigitalOcean, as the simulated cloud plays it, and what GitHub would do with its workflows. Its owner and
 * GitHub's runner are one user without root; the cloud is a process of ours, which their engines are told of.
 */
export class Clone {
  readonly folder = mkdtempSync(join(tmpdir(), "webstack-workflows-"));
  readonly origin = join(this.folder, "origin");
  readonly store: Store;
  private readonly environment: NodeJS.ProcessEnv;
  private readonly watcher: ChildProcess;
  private cloud: ChildProcess | undefined;
  private names: NodeJS.Timeout | undefined;

  constructor(
    readonly stack: string,
    readonly site: string,
    publicRange: string,
  ) {
    chmodSync(this.folder, 0o755);
    for (const name of ["origin", "state", "home", "bin", "posix"]) mkdirSync(join(this.folder, name));
    const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], { cwd: root });
    execFileSync(
      "sh",
      ["-c", 'tar --create --null --files-from=- --ignore-failed-read | tar --extract --directory "$1"', "sh", this.origin],
      { cwd: root, input: files, stdio: ["pipe", "pipe", "ignore"] },
    );
    this.programs();
    writeFileSync(
      join(this.folder, "passwd"),
      `${readFileSync("/etc/passwd", "utf8")}${user.name}:x:${user.id}:${user.id}::${join(this.folder, "home")}:/bin/bash\n`,
    );
    writeFileSync(join(this.folder, "hosts"), readFileSync("/etc/hosts"));
    // What this box has fetched from the registry already; the files of a cache are named by what is in them. Not those that somebody
    // fetches meanwhile, in its tmp.
    execFileSync("sh", [
      "-c",
      'cache=$(npm config get cache)/_cacache; if [ -d "$cache/index-v5" ]; then mkdir -p "$1/.npm/_cacache" && cp --archive ' +
        '"$cache/index-v5" "$cache/content-v2" "$1/.npm/_cacache"; fi',
      "sh",
      join(this.folder, "home"),
    ]);
    execFileSync("chown", ["--recursive", `${user.id}:${user.id}`, ...["origin", "state", "home"].map((name) => join(this.folder, name))]);

    this.store = Store.make(join(this.folder, "cloud"), { name: stack, publicRange });
    // npm tells what it runs of its own folders, which are of another user here.
    const own = Object.entries(process.env).filter(
      ([variable]) =>
        !/^(npm_(?!config_registry$).*|HOME|USER|LOGNAME|STACK|XDG_.*|PULUMI_.*|WEBSTACK_.*|DIGITALOCEAN_.*|SPACES_.*)$/.test(variable),
    );
    this.environment = {
      ...Object.fromEntries(own),
      HOME: join(this.folder, "home"),
      USER: user.name,
      // No authority signs the certificate of a site that the world does not know.
      NODE_TLS_REJECT_UNAUTHORIZED: "0",
      NODE_NO_WARNINGS: "1",
    };
    this.watcher = afterDeath(
      `WEBSTACK_CLOUD=${this.store.folder} ${simulator} teardown > ${this.folder}/down.log 2>&1; rm -rf ${this.folder}`,
      process.env,
    );
    this.git("init", "--quiet", "--initial-branch=main");
    // By its address, a runner knows the name of the repository.
    this.git("remote", "add", "origin", "https://github.com/somebody/webstack");
  }

  /** What GitHub's runner has beside the box's own programs, and what the owner has instead of them. */
  private programs(): void {
    const [bin, folder] = [join(this.folder, "bin"), join(this.folder, "posix")];
    const pulumi = dirname(pulumiProgram());
    for (const name of readdirSync(pulumi).filter((file) => file.startsWith("pulumi"))) {
      copyFileSync(join(pulumi, name), join(bin, name));
      symlinkSync(join(bin, name), join(folder, name));
    }
    copyFileSync(findWorkflowTool("act"), join(this.folder, "act"));
    for (const name of [...owners, ...posix]) {
      const found = findProgram(name, systemPath);
      if (found === null) throw new Error(`${name} is missing on this box`);
      if (owners.includes(name)) symlinkSync(found, join(folder, name));
      else writeFileSync(join(folder, name), withoutLongOptions(found), { mode: 0o755 });
    }
  }

  /** Starts the cloud, where the name of the site leads to its address as soon as it has one. */
  async start(): Promise<void> {
    this.names = setInterval(() => {
      if (this.address !== "")
        writeFileSync(join(this.folder, "hosts"), `${readFileSync("/etc/hosts", "utf8")}${this.address} ${this.site}\n`);
    }, 500);
    this.cloud = spawn(simulator, ["digitalocean"], {
      env: { ...process.env, WEBSTACK_CLOUD: this.store.folder },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [port] = (await once((this.cloud.stdout as NodeJS.ReadableStream).setEncoding("utf8"), "data")) as [string];
    // https://www.pulumi.com/docs/iac/guides/building-extending/providers/debugging-providers/
    this.environment["PULUMI_DEBUG_PROVIDERS"] = `digitalocean:${port.trim()}`;
  }

  private get backend(): string {
    return `file://${join(this.folder, "state")}`;
  }

  /** The public address of the site, "" before there is one. */
  get address(): string {
    return this.store.all().find(({ type }) => type.endsWith(":ReservedIp"))?.id ?? "";
  }

  /** As the owner. */
  git(...words: readonly string[]): string {
    const git = ["git", "-c", "user.name=Test", "-c", "user.email=test@example.org", ...words];
    return execFileSync("setpriv", ["--reuid", String(user.id), "--regid", String(user.id), "--clear-groups", ...git], {
      cwd: this.origin,
      encoding: "utf8",
      env: { ...process.env, HOME: join(this.folder, "home") },
    }).trim();
  }

  commit(message: string): void {
    this.git("add", "--all");
    this.git("commit", "--quiet", "--message", message);
  }

  /** Writes a file of the owner's. */
  write(path: string, text: string): void {
    writeFileSync(join(this.origin, path), text);
    chownSync(join(this.origin, path), user.id, user.id);
  }

  /** Changes a file of the owner's. @throws when it has no such text */
  rewrite(path: string, old: string | RegExp, now: string): void {
    const text = readFileSync(join(this.origin, path), "utf8");
    const changed = text.replace(old, () => now);
    if (changed === text) throw new Error(`${path} has nothing like ${String(old)}`);
    this.write(path, changed);
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

  /** Runs a verb of the project as its owner would, on a box that has little. */
  npm(...words: readonly string[]): Promise<Outcome> {
    return this.shell(["npm run --silent", ...words].join(" "));
  }

  /** Runs a line of shell in the same place; `stdin` is what it reads. */
  shell(line: string, stdin = ""): Promise<Outcome> {
    return this.unprivileged(
      join(this.folder, "posix"),
      ["sh", "-c", line],
      { ...secrets, STACK: this.stack, PULUMI_BACKEND_URL: this.backend },
      stdin,
    );
  }

  /** Runs every job of a workflow, or one, in order, at a commit or tag. `event` is what GitHub would send beside the ref. */
  async workflow(
    name: string,
    eventName: string,
    { at = "main", event = {}, job }: { at?: string; event?: object; job?: string } = {},
  ): Promise<Outcome> {
    this.git("-c", "advice.detachedHead=false", "checkout", "--quiet", at);
    const sent = join(this.folder, "event.json");
    writeFileSync(sent, JSON.stringify({ ref: at === "main" ? "refs/heads/main" : `refs/tags/${at}`, ...event }));
    const text = readFileSync(join(this.origin, ".github/workflows", `${name}.yml`), "utf8");
    const file = join(this.folder, `${name}.yml`);
    // act does not know `queue` yet, and refuses what it does not know.
    writeFileSync(file, text.replace(/^ +queue: max\n/gm, ""));
    const used = [...text.matchAll(/uses: ([a-z-]+\/([a-z-]+)@[0-9a-f]{40})/g)];
    const replaced = [
      ...new Map(
        used.map(([, action = "", short = ""]) => [action, `${action}=${join(this.origin, "tests/machines/actions", short)}`]),
      ).values(),
    ];
    const words = [
      eventName,
      "--workflows",
      file,
      "--eventpath",
      sent,
      "--platform",
      "ubuntu-24.04=-self-hosted",
      "--platform",
      "own=-self-hosted",
      "--var",
      "RUNNER=own",
      "--no-skip-checkout",
      "--no-cache-server",
      "--action-cache-path",
      join(this.folder, "home", "act"),
      ...(job === undefined ? [] : ["--job", job]),
      ...replaced.flatMap((pair) => ["--local-repository", pair]),
      "--env",
      `ORIGIN=${this.origin}`,
      "--env",
      `PACKAGES=${join(this.origin, "node_modules")}`,
      "--var",
      `STACK=${this.stack}`,
      "--var",
      `PULUMI_BACKEND_URL=${this.backend}`,
      ...Object.entries(secrets).flatMap((pair) => ["--secret", pair.join("=")]),
    ];
    return this.unprivileged(this.runnerPath, [join(this.folder, "act"), ...words]);
  }

  /**
   * The lines of a job of .gitlab-ci.yml as GitLab's runner runs them, in the clone itself: https://docs.gitlab.com/runner/shells/.
   * `variables` are GitLab's own. What a job installs into its image first is left out, and rules are GitLab's to follow.
   */
  gitlab(job: string, variables: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    const file = parse(readFileSync(join(this.origin, ".gitlab-ci.yml"), "utf8")) as Readonly<
      Record<string, { script: readonly string[] }>
    >;
    const { script = [] } = file[job] ?? {};
    if (script.length === 0) throw new Error(`.gitlab-ci.yml has no job ${job}`);
    return this.unprivileged(this.runnerPath, ["bash", "-e", "-o", "pipefail", "-c", script.join("\n")], {
      ...secrets,
      ...variables,
      STACK: this.stack,
      PULUMI_BACKEND_URL: this.backend,
    });
  }

  /** The box's own programs, and what GitHub's image has beside them. */
  private get runnerPath(): string {
    return [join(this.folder, "bin"), systemPath].join(delimiter);
  }

  private unprivileged(path: string, words: readonly string[], env: NodeJS.ProcessEnv = {}, stdin = ""): Promise<Outcome> {
    const asUser = ["--mount", join(__dirname, "runner.sh"), this.folder, "env", `PATH=${path}`, ...words];
    return run("unshare", asUser, { cwd: this.origin, env: { ...this.environment, ...env } }, stdin);
  }

  /** Takes the cloud down and the clone away. */
  async down(): Promise<void> {
    clearInterval(this.names);
    this.cloud?.kill();
    const { code, stdout, stderr } = await run(simulator, ["teardown"], { env: { ...process.env, WEBSTACK_CLOUD: this.store.folder } });
    if (code !== 0) throw new Error(`teardown ended with ${code}\n${stdout}\n${stderr}`);
    if (this.watcher.pid !== undefined) process.kill(-this.watcher.pid, "SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Those of the environment `production`, and the token of a run. */
const secrets = {
  PULUMI_CONFIG_PASSPHRASE: "of a test",
  DIGITALOCEAN_TOKEN: "simulated",
  SPACES_ACCESS_KEY_ID: "simulated",
  SPACES_SECRET_ACCESS_KEY: "simulated",
  GITHUB_TOKEN: "none",
};
