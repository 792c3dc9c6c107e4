/**
 * hostctl's own files on a host. Limit: what they are when they leave; hostctl/tests/verbs/test_cli.py has what a host makes of a damaged
 * copy.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { hostctl } from "../../infra/host/features/hostctl";
import { planStack } from "../../infra/plan";
import { spec } from "../config/baseline";

const plan = planStack({ ...spec(), stack: "prod" });
const { files: all = [] } = plan.hosts.slice(0, 1).map((host) => hostctl(plan, host))[0] ?? {};

const library = "/usr/local/lib/webstack/hostctl/";
const nameOf = (path: string) => path.slice(library.length);
const files = all.filter(({ path }) => path.startsWith(library));
const folder = mkdtempSync(join(tmpdir(), "webstack-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("every module is in SHA256SUMS, and sha256sum finds each as it says", () => {
  for (const { path, content } of files) {
    mkdirSync(join(folder, dirname(nameOf(path))), { recursive: true });
    writeFileSync(join(folder, nameOf(path)), content);
  }
  const checked = execFileSync("sha256sum", ["--check", "--strict", "SHA256SUMS"], { cwd: folder, encoding: "utf8" });
  const modules = files.map(({ path }) => nameOf(path)).filter((name) => name !== "SHA256SUMS");
  expect(checked).toBe(modules.map((name) => `${name}: OK\n`).join(""));
  expect(modules).toContain("__main__.py");
  expect(modules).toContain("site/nginx.py");
  writeFileSync(join(folder, "site/nginx.py"), "");
  expect(spawnSync("sha256sum", ["--check", "--strict", "--status", "SHA256SUMS"], { cwd: folder }).status).toBe(1);
});

test("what a damaged copy is mended with can be typed as it stands", () => {
  const command = all.find(({ path }) => path === "/usr/local/bin/hostctl")?.content;
  expect(command).toContain("npm run up -- prod --replace '**-apply' brings them anew");
});
