import { spawn } from "node:child_process";
import type { Outcome, TestStack } from "./stack";

/** What moves the cursor of a terminal and switches its modes: https://man7.org/linux/man-pages/man4/console_codes.4.html */
const controls = new RegExp(`${String.fromCharCode(27)}\\[[?\\d;]*[A-Za-z]`, "g");

/** Of a program that shall ask something. */
const silenceSeconds = 60;

/**
 * Types a line at a terminal, in a stack's copy of the project and with its state, and then each answer once its prompt has come: what is
 * typed before a program asks for a password is thrown away by it. Error: it is silent for a minute and has not asked.
 */
export function atTerminal(
  stack: TestStack,
  line: string,
  answers: readonly (readonly [prompt: RegExp, answer: string])[],
): Promise<Outcome> {
  const { folder, environment } = stack.typing();
  return new Promise((done, fail) => {
    const child = spawn("script", ["-qec", line, "/dev/null"], { cwd: folder, env: environment });
    const left = [...answers];
    let [stdout, fresh] = ["", ""];
    const giveUp = () =>
      setTimeout(() => {
        child.kill();
        fail(new Error(`${line} has not asked for ${String(left[0]?.[0])}:\n${stdout}`));
      }, silenceSeconds * 1000);
    let patience = giveUp();
    child.stdout.on("data", (data: Buffer) => {
      stdout += data.toString();
      fresh = `${fresh}${data.toString()}`.replace(controls, "");
      if (left[0]?.[0].test(fresh) === true) {
        child.stdin.write(`${left.shift()?.[1] ?? ""}\n`);
        fresh = "";
      }
      clearTimeout(patience);
      if (left.length > 0) patience = giveUp();
    });
    child.on("error", fail);
    child.on("close", (code) => {
      clearTimeout(patience);
      done({ code: code ?? -1, stdout, stderr: "" });
    });
  });
}
