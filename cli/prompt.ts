import { createInterface } from "node:readline";
import { Writable } from "node:stream";

import { UsageError } from "./terminal";

/**
 * A value from the terminal, which does not show it, or all of standard input where that is none; without a line break at its end. `name`:
 * what it is a value of.
 *
 * @throws UsageError where several lines were pasted, the first of which would pass for the value
 */
export async function readHidden(name: string, stack: string): Promise<string> {
  if (!process.stdin.isTTY) {
    const parts: Buffer[] = [];
    for await (const part of process.stdin) parts.push(part as Buffer);
    return Buffer.concat(parts)
      .toString("utf8")
      .replace(/\r?\n$/, "");
  }
  process.stderr.write(`${name}: `);
  try {
    const lines = await typedLines(process.stdin);
    if (lines.length > 1) throw new UsageError(`${name}: has several lines; npm run secret -- ${stack} set ${name} < FILE`);
    return lines[0] ?? "";
  } finally {
    process.stderr.write("\n");
  }
}

/** Milliseconds within which the rest of a paste arrives, and nobody types another line. */
const pause = 50;

/**
 * The lines that come at once, of which somebody types one. What of a paste is left unread here would be the shell's next commands. None at
 * Ctrl-C and Ctrl-D.
 */
export async function typedLines(input: NodeJS.ReadableStream): Promise<readonly string[]> {
  // readline echoes to its output.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input, output: nowhere, terminal: true });
  const lines: string[] = [];
  let quiet: NodeJS.Timeout | undefined;
  let wait: () => void = () => undefined;
  try {
    return await new Promise<readonly string[]>((answered) => {
      // The last line of a paste may have no end.
      const typed = () => answered(reader.line === "" ? lines : [...lines, reader.line]);
      wait = () => {
        clearTimeout(quiet);
        if (lines.length > 0) quiet = setTimeout(typed, pause);
      };
      reader.on("line", (line) => lines.push(line));
      input.on("data", wait);
      reader.once("SIGINT", () => answered([]));
      reader.once("close", () => answered(lines));
    });
  } finally {
    clearTimeout(quiet);
    input.off("data", wait);
    reader.close();
  }
}
