import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";

import { run } from "../tools/setup/process";
import { UsageError } from "./terminal";

/** Values by their names. */
export type Secrets = Readonly<Record<string, string>>;

/** What an editor is given: the secrets that a stack may have, as YAML, those that are not set with an empty value. */
export function editableText(stack: string, names: readonly string[], values: Secrets): string {
  const head = `# The secrets of the stack ${stack}. What you change here is set when you leave the editor; nothing else is touched.\n`;
  return head + stringify(Object.fromEntries(names.map((name) => [name, values[name] ?? ""])));
}

/**
 * The secrets that an edited text changes. One that is taken out of it, or left empty where it was not set, stays as it is.
 *
 * @throws UsageError where the text holds something that cannot be a secret of the stack
 */
export function changedSecrets(text: string, names: readonly string[], values: Secrets): Secrets {
  const edited = readText(text);
  const wrong = Object.keys(edited).filter((name) => !names.includes(name));
  if (wrong.length > 0)
    throw new UsageError(`${wrong.join(", ")}: is no secret of the stack, which knows ${names.join(", ")}; nothing was changed`);
  const odd = Object.entries(edited).filter(([name, value]) => typeof value !== "string" || (value === "" && values[name] !== undefined));
  if (odd.length > 0)
    throw new UsageError(
      `${odd.map(([name]) => name).join(", ")}: must be text, in quotes where it looks like a number, and not empty; nothing was changed`,
    );
  return Object.fromEntries(Object.entries(edited as Secrets).filter(([name, value]) => value !== (values[name] ?? "")));
}

function readText(text: string): Readonly<Record<string, unknown>> {
  try {
    return (parse(text) as Readonly<Record<string, unknown>> | null) ?? {};
  } catch (error) {
    throw new UsageError(`must be YAML, NAME: value in each line; nothing was changed (${(error as Error).message.split("\n")[0] ?? ""})`, {
      cause: error,
    });
  }
}

/**
 * Lets a person edit a text in $VISUAL or $EDITOR. Result: the text afterwards; it is on no disk where the box has a /dev/shm. @throws
 * UsageError when the editor fails
 */
export async function editText(text: string): Promise<string> {
  const editor = process.env["VISUAL"] || process.env["EDITOR"] || "vi";
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "webstack-"));
  try {
    const file = join(folder, "secrets.yaml");
    writeFileSync(file, text, { mode: 0o600 });
    // Editors are given with options: EDITOR="code --wait".
    const status = await run("sh", ["-c", `${editor} "$1"`, "sh", file]);
    if (status !== 0) throw new UsageError(`${editor} ended with status ${status}, so nothing was changed; EDITOR chooses another`);
    return readFileSync(file, "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
}
