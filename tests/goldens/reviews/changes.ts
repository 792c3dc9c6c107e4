import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseDocument, type Document } from "yaml";
import { recordFolder, type DeclaredState } from "../../../cli/review/declaredState";

const project = resolve(__dirname, "../../..");

/** A change of a stack file, as somebody makes it before a pull request. */
export type Edit = (file: Document) => void;

/** Sets a key below the project's own, such as `host.size`. */
export const set = (path: string, value: unknown): Edit => (file) => {
  const [section = "", ...rest] = path.split(".");
  file.setIn(["config", `webstack:${section}`, ...rest], file.createNode(value));
};

/** Takes a key away. */
export const unset = (path: string): Edit => (file) => {
  const [section = "", ...rest] = path.split(".");
  file.deleteIn(["config", `webstack:${section}`, ...rest]);
};

/** Encrypted by nobody: only the text is looked at. */
export const secret = (name: string, text: string): Edit => set(name, { secure: `v1:${text}` });

export type Upgrade = readonly [path: string, from: string, to: string];

/** Records descriptions that differ from Pulumi.STACK.yaml; the program and the templates are the project's own. */
export class Descriptions {
  private readonly folder = mkdtempSync(join(tmpdir(), "webstack-reviews-"));
  private count = 0;

  constructor(
    private readonly stack: string,
    private readonly always: readonly Edit[],
  ) {}

  /** `upgrade` changes the program itself, as a newer version of it would: file below the project, text, and what stands for it. */
  async side(label: string, edits: readonly Edit[], upgrade?: Upgrade): Promise<DeclaredState> {
    const folder = join(this.folder, String(this.count++));
    mkdirSync(folder);
    if (upgrade !== undefined) {
      cpSync(join(project, "infra"), join(folder, "infra"), { recursive: true });
      const [path, from, to] = upgrade;
      const text = readFileSync(join(folder, path), "utf8");
      if (!text.includes(from)) throw new Error(`${path} does not hold ${from}`);
      writeFileSync(join(folder, path), text.replace(from, to));
    }
    for (const name of ["infra", "cloud-init", "hostctl", "providers", "examples", "package.json", "node_modules"].filter((one) => !existsSync(join(folder, one)))) symlinkSync(join(project, name), join(folder, name));
    const file = parseDocument(readFileSync(join(project, `Pulumi.${this.stack}.yaml`), "utf8"));
    for (const edit of [...this.always, ...edits]) edit(file);
    writeFileSync(join(folder, `Pulumi.${this.stack}.yaml`), file.toString());
    return recordFolder(folder, this.stack, label);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** A value for each secret that the app of a stack reads, and for its key. */
export function secretsOf(stack: string): readonly Edit[] {
  const file = parseDocument(readFileSync(join(project, `Pulumi.${stack}.yaml`), "utf8")).toJS() as { config: { "webstack:secrets": string[] } };
  return ["sshPrivateKey", ...file.config["webstack:secrets"]].map((name) => secret(name, `${name}-1`));
}
