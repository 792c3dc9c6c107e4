/** How programs are run for a verb. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const root = join(__dirname, "../..");

test.each([
  ["run", "SIGTERM"],
  ["run", "SIGHUP"],
  ["capture", "SIGTERM"],
] as const)(
  "%s that is ended by %s ends its program and lets what waits tidy up",
  async (how, signal) => {
    const text =
      `const { ${how} } = require("./tools/setup/process"); console.log("begins"); ${how}("sleep", ["30"]).catch(() => ` +
      `undefined).finally(() => console.log("tidied"));`;
    const child = spawn(process.execPath, ["--require", "tsx/cjs", "-e", text], { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    child.stdout.on("data", (data: Buffer) => {
      said += data.toString();
      if (data.toString().includes("begins")) setTimeout(() => child.kill(signal), 300);
    });
    await once(child, "close");
    expect(said).toBe("begins\ntidied\n");
  },
  20_000,
);
