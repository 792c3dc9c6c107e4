import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const project = resolve(__dirname, "../../..");
const folder = mkdtempSync(join(tmpdir(), "webstack-packed-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The first line that the plugin of a project says. */
async function port(of: string): Promise<string> {
  const words = ["127.0.0.1:1"];
  const env = { ...process.env, XDG_CACHE_HOME: folder };
  const child = spawn(join(of, "providers/nspawn/pulumi-resource-nspawn"), words, { env, stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  child.kill("SIGKILL");
  return line.toString();
}

test("copies of the project share the packed plugin, and each starts", async () => {
  const copy = join(folder, "copy");
  for (const part of ["providers/nspawn", "infra/config/problems.ts", "package-lock.json"]) {
    mkdirSync(dirname(join(copy, part)), { recursive: true });
    cpSync(join(project, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(project, "node_modules"), join(copy, "node_modules"));
  expect([await port(project), await port(copy)]).toEqual([expect.stringMatching(/^\d+\n$/), expect.stringMatching(/^\d+\n$/)]);
  expect(readdirSync(join(folder, "webstack/nspawn"))).toHaveLength(1);
});
