import { resolve } from "node:path";
import { run, type TestStack } from "./stack";

/** What tests of hostctl say that need a program which one of the machines has; by default the first web host. */
export async function hostctlTests(stack: TestStack, module: string, address?: string): Promise<string> {
  const packed = await run("sh", ["-c", "tar -cz --exclude=__pycache__ hostctl | base64"], { cwd: resolve(__dirname, "../..") });
  const tested = `cd /opt/hostctl-tests && sudo python3 -m unittest hostctl.tests.${module} 2>&1`;
  const there = address === undefined ? {} : { address };
  return stack.remote(`sudo mkdir -p /opt/hostctl-tests && base64 -d | sudo tar -C /opt/hostctl-tests -xz && ${tested}; sudo rm -rf /opt/hostctl-tests`, { stdin: packed.stdout, ...there });
}
