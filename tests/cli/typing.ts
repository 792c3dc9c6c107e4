/**
 * A folder in which a person types verbs, with a project by links, an engine that tells what a test has written for it, and an ssh that
 * tells what it was asked.
 */
import { execFile } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { cacheFolder } from "../../tools/setup/folders";

const root = resolve(__dirname, "../..");

export interface Typed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the engine knows of a stack, as its commands print it. */
export interface Stack {
  readonly outputs?: object;
  readonly resources?: readonly object[];
  /** Of `config --json`: {"webstack:target": {value}}. */
  readonly config?: object;
}

/**
 * The commands of Pulumi that verbs read with; `destroy` says at its end what the real one does.
 * https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/cmd/pulumi/operations/destroy.go
 */
const engine = `#!/bin/sh
cd "$(dirname "$0")/../stacks" || exit 1
echo "$*" >> ../asked
stack= before=
for word; do [ "$before" = --stack ] && stack=$word; before=$word; done
[ "$1 $2" = "stack ls" ] || [ -d "$stack" ] || { echo "error: no stack named '$stack' found" >&2; exit 1; }
case "$1 $2" in
  "stack ls") for one in *; do [ -d "$one" ] && echo "$one"; done | sed 's/.*/{"name":"&","resourceCount":2}/' | paste -sd, | sed 's/^/[/;s/$/]/' ;;
  "stack output") cat "$stack/outputs.json" ;;
  "stack export") cat "$stack/export.json" ;;
  "config get") grep -q "webstack:$3" "$stack/config.json" && echo a-key || { echo "error: configuration key '$3' not found for stack '$stack'" >&2; exit 255; } ;;
  "config --json") cat "$stack/config.json" ;;
  "destroy "*) printf 'Destroying (%s):\\nResources:\\n    - 3 deleted\\n\\nThe resources in the stack have been deleted, but the history and configuration associated with the stack are still maintained. \\nIf you want to remove the stack completely, run \`pulumi stack rm %s\`.\\n' "$stack" "$stack" ;;
  *) echo "no such command: $*" >&2; exit 1 ;;
esac
`;

export class Typing {
  readonly folder = mkdtempSync(join(tmpdir(), "webstack-typed-"));
  /** By links, so that nothing is installed into that of these tests: tools/run leaves packages behind a link alone. */
  readonly project = join(this.folder, "project");

  constructor() {
    for (const name of ["project/tools", "bin", "stacks", "cache/webstack/command-plugin"])
      mkdirSync(join(this.folder, name), { recursive: true });
    for (const name of readdirSync(root).filter((one) => one !== "tools" && !one.startsWith(".")))
      symlinkSync(join(root, name), join(this.project, name));
    for (const name of ["run", "webstack", "typescript.cjs"]) copyFileSync(join(root, "tools", name), join(this.project, "tools", name));
    // What is translated already counts for these verbs, too.
    mkdirSync(join(cacheFolder(), "program"), { recursive: true });
    symlinkSync(join(cacheFolder(), "program"), join(this.folder, "cache/webstack/program"));
    // The official plugin of commands was asked for today.
    writeFileSync(join(this.folder, "cache/webstack/command-plugin/asked"), "");
    this.program("pulumi", engine);
    this.program("ssh", '#!/bin/sh\nfor line; do :; done\necho "on the host: $line"\n');
  }

  program(name: string, text: string): void {
    writeFileSync(join(this.folder, "bin", name), text);
    chmodSync(join(this.folder, "bin", name), 0o755);
  }

  /** Has the engine know a stack. */
  knows(
    name: string,
    { outputs = {}, resources = [], config = { "webstack:target": { value: "local" }, "webstack:sshPrivateKey": { secret: true } } }: Stack,
  ): void {
    const stack = join(this.folder, "stacks", name);
    mkdirSync(stack, { recursive: true });
    for (const [file, content] of Object.entries({ outputs, config, export: { version: 3, deployment: { resources } } }))
      writeFileSync(join(stack, `${file}.json`), JSON.stringify(content));
  }

  /** What the engine was asked since the last time. */
  asked(): readonly string[] {
    const file = join(this.folder, "asked");
    const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
    rmSync(file, { force: true });
    return lines;
  }

  /** Types a line into a shell in the folder; `webstack` is the command that `webstack completion` makes. */
  type(line: string): Promise<Typed> {
    const env = {
      ...process.env,
      INIT_CWD: "",
      STACK: "",
      PATH: `${join(this.folder, "bin")}:${process.env["PATH"] ?? ""}`,
      PULUMI_BACKEND_URL: `file://${this.folder}/stacks`,
      PULUMI_HOME: join(this.folder, "none"),
      XDG_DATA_HOME: join(this.folder, "data"),
      XDG_CONFIG_HOME: join(this.folder, "config"),
      XDG_CACHE_HOME: join(this.folder, "cache"),
    };
    return new Promise((done) => {
      execFile(
        "bash",
        ["-c", `webstack() { ${this.project}/tools/webstack "$@"; }\n${line}`],
        { cwd: this.folder, env },
        (error, stdout, stderr) => {
          done({ code: error === null ? 0 : Number(error.code), stdout, stderr });
        },
      );
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** The outputs of a stack that is up, at an address that nobody has. */
export const upAt = (address: string) => ({
  siteUrl: `http://${address}/`,
  hosts: [{ name: "web-0", address, user: "deploy", hostKey: "ssh-ed25519 AAAA" }],
  release: "0011223344556677",
  database: null,
});
