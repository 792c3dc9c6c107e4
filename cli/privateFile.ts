import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, relative } from "node:path";

import { readStackFile } from "../infra/config/stackFile";
import { project } from "../tools/setup/folders";
import { replace, textIfThere } from "./keepText";
import { contradictions, describingText, wholeText, withSettings } from "./privateText";
import { privateFileOf, stackFileOf } from "./stackFiles";
import { UsageError } from "./terminal";

/** What was found last, and the file that the engine was given then: a verb asks often, and reading YAML takes a while. */
let last: { readonly file: string; readonly described: string | null; readonly kept: string | null; readonly given: string } | undefined;

/**
 * The file that the engine reads and writes of a stack: its own one; of a stack of this box the one below .webstack/, brought up to date
 * with what its own says. Secrets that its own still has move there: they are written there, on disk, before they are taken out, so that
 * whatever ends this in between leaves them in both, and the next time goes on.
 *
 * @throws UsageError where the two contradict each other; neither is changed then
 */
export function engineFileOf(stack: string, folder = project): string {
  const [file, apart] = [stackFileOf(stack, folder), privateFileOf(stack, folder)];
  const [described, kept] = [textIfThere(file), readWhole(apart)];
  if (last?.file === file && last.described === described && last.kept === kept) return last.given;
  const given = settle(stack, file, apart, described, kept);
  last = { file, described: textIfThere(file), kept: readWhole(apart), given };
  return given;
}

function settle(stack: string, file: string, apart: string, described: string | null, kept: string | null): string {
  if (described === null) return kept === null ? file : apart;
  const isLocal = readStackFile(described, basename(file)).raw["target"] === "local";
  if (!isLocal && kept === null) return file;
  const whole = wholeText(described, kept);
  const names = kept === null ? [] : contradictions(described, kept);
  if (names.length > 0) {
    const [one, other] = [file, apart].map((path) => relative(dirname(dirname(apart)), path));
    throw new UsageError(
      `${one ?? ""} must have no other secrets than ${other ?? ""}, which hosts of ${stack} run with, got other ones of ` +
        `${names.join(", ")}; take them out of ${one ?? ""}, or move ${other ?? ""} away to go on with them`,
    );
  }
  if (!isLocal) {
    // It was one of this box; those of a cloud are for everybody who deploys, so they go with the repository.
    replace(file, whole);
    rmSync(apart);
    return file;
  }
  const headed = `# Made by the verbs of ${basename(file)}, which is yours to change, and of what this box keeps to itself.\n${whole}`;
  if (headed !== kept) writeDurably(apart, headed);
  const open = describingText(described);
  if (open !== described) replace(file, open);
  return apart;
}

/** Runs what has the engine write a stack's file, and brings the settings that it changed there into the stack's own. */
export async function keepingSettings<Result>(stack: string, write: () => Promise<Result>, folder = project): Promise<Result> {
  const before = textIfThere(privateFileOf(stack, folder));
  try {
    return await write();
  } finally {
    const [file, after] = [stackFileOf(stack, folder), textIfThere(privateFileOf(stack, folder))];
    const described = textIfThere(file);
    if (before !== null && after !== null && described !== null) {
      const text = withSettings(described, before, after);
      if (text !== described) replace(file, text);
    }
  }
}

/** The engine empties a file and then writes it: who reads it in between waits. One that stays empty is none. */
function readWhole(file: string): string | null {
  for (let tries = 0; tries < 20; tries++) {
    const text = textIfThere(file);
    if (text === null || text.trim() !== "") return text;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 25);
  }
  return null;
}

/** In one step, and on disk when it returns. */
function writeDurably(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  const written = openSync(unfinished, "w");
  writeSync(written, text);
  fsyncSync(written);
  closeSync(written);
  renameSync(unfinished, file);
  const folder = openSync(dirname(file), "r");
  fsyncSync(folder);
  closeSync(folder);
}
