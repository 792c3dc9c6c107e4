import { createInterface } from "node:readline";
import { Writable } from "node:stream";

/** A value from the terminal, which does not show it, or all of standard input where that is none; without a line break at its end. */
export async function readHidden(question: string): Promise<string> {
  if (!process.stdin.isTTY) {
    const parts: Buffer[] = [];
    for await (const part of process.stdin) parts.push(part as Buffer);
    return Buffer.concat(parts).toString("utf8").replace(/\r?\n$/, "");
  }
  process.stderr.write(question);
  // readline echoes to its output.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return await new Promise<string>((answered) => {
      lines.once("line", answered);
      // Ctrl-C and Ctrl-D.
      lines.once("SIGINT", () => answered(""));
      lines.once("close", () => answered(""));
    });
  } finally {
    lines.close();
    process.stderr.write("\n");
  }
}
