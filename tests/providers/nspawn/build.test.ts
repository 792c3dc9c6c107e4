// Level: the script that guards the image cache, with an mmdebstrap that only pretends; a real build is in tests/machines.
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const script = join(__dirname, "../../../providers/nspawn/image/build.sh");

let box: string;
beforeEach(() => {
  box = mkdtempSync(join(tmpdir(), "nspawn-build-"));
  mkdirSync(join(box, "bin"));
});
afterEach(() => rmSync(box, { recursive: true }));

/** The pretender's last argument is the tree; it notes each run, and takes its time between beginning and end. */
function pretend(lines: string): void {
  const text = `#!/bin/sh\nset -eu\nfor tree; do :; done\necho run >>"${box}/runs"\nmkdir "$tree"\n${lines}\ntouch "$tree/complete"\n`;
  writeFileSync(join(box, "bin/mmdebstrap"), text);
  chmodSync(join(box, "bin/mmdebstrap"), 0o755);
}

function build(): { child: ChildProcess; status: Promise<number | null> } {
  const env = { ...process.env, PATH: `${join(box, "bin")}:${process.env.PATH ?? ""}` };
  const child = spawn(script, [join(box, "image"), "bookworm", "nginx"], { env, stdio: "ignore", detached: true });
  return { child, status: new Promise((resolve) => child.once("close", resolve)) };
}

const runs = () => readFileSync(join(box, "runs"), "utf8").split("\n").length - 1;

test("of two builders at once one builds, and the other takes its work", async () => {
  pretend("sleep 0.3");
  expect(await Promise.all([build().status, build().status])).toEqual([0, 0]);
  expect(runs()).toBe(1);
  expect(existsSync(join(box, "image/complete"))).toBe(true);
});

test("a failed build leaves nothing under the image's name, and the next one begins anew", async () => {
  pretend("exit 1");
  expect(await build().status).not.toBe(0);
  expect(existsSync(join(box, "image"))).toBe(false);
  pretend("");
  expect(await build().status).toBe(0);
  expect(existsSync(join(box, "image/complete"))).toBe(true);
});

test("a build that was killed half-way is not taken for an image", async () => {
  pretend("sleep 60");
  const { child, status } = build();
  while (!existsSync(join(box, "image.unfinished"))) await new Promise((resolve) => setTimeout(resolve, 10));
  process.kill(-(child.pid ?? 0), "SIGKILL");
  await status;
  expect(existsSync(join(box, "image"))).toBe(false);
  pretend("");
  expect(await build().status).toBe(0);
  expect(existsSync(join(box, "image/complete"))).toBe(true);
});
