import { resolve } from "node:path";
import { run, type TestStack } from "./stack";

/** What tests of hostctl say that need a program which one of the machines has; by default the first web host. */
export async function hostctlTests(stack: TestStack, module: string, address?: string): Promise<string> {
  const packed = await run("sh", ["-c", "tar -cz --exclude=__pycache__ hostctl | base64"], { cwd: resolve(__dirname, "../..") });
  // All of it as root: what root makes in a session of sudo, nobody else enters on Debian 13. What it prints is told of tests that fail,
  // too.
  const tested =
    "mkdir -p /opt/hostctl-tests && cd /opt/hostctl-tests && base64 -d | tar -xz && python3 -m unittest hostctl.tests." + module;
  return stack.remote(`sudo sh -c '{ ${tested}; } 2>&1; rm -rf /opt/hostctl-tests'`, {
    stdin: packed.stdout,
    ...(address === undefined ? {} : { address }),
  });
}
