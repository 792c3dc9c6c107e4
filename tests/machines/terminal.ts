import { spawn } from "node:child_process";
import type { Outcome, TestStack } from "./stack";

/**
 * Types a line at a terminal, in a stack's copy of the project and with its state, and then each answer once its prompt has come: what is typed before a
 * program asks for a password is thrown away by it.
 */
export function atTerminal(stack: TestStack, line: string, answers: readonly (readonly [prompt: RegExp, answer: string])[]): Promise<Outcome> {
  const { folder, environment } = stack.typing();
  return new Promise((done, fail) => {
    const child = spawn("script", ["-qec", line, "/dev/null"], { cwd: folder, env: environment });
    const left = [...answers];
    let [stdout, fresh] = ["", ""];
    child.stdout.on("data", (data: Buffer) => {
      stdout += data.toString();
      // Without the marks by which a shell switches its terminal.
      fresh = `${fresh}${data.toString()}`.replace(/.\[\?\d+[hl]/g, "");
      if (left[0] === undefined || !left[0][0].test(fresh)) return;
      child.stdin.write(`${left.shift()?.[1] ?? ""}\n`);
      fresh = "";
    });
    child.on("error", fail);
    child.on("close", (code) => done({ code: code ?? -1, stdout, stderr: "" }));
  });
}
