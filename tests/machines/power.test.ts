/**
 * What a real power cut leaves of a host: hostctl's own deployment in an ext4 file system whose disk is copied as it is at that moment, see
 * hostctl/tests/on_disk.py. No machine boots; it is here because mounting needs root.
 */
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";

test("a power cut at any point of a deployment leaves the old state or the new one on the disk", async () => {
  const { stderr } = await promisify(execFile)("python3", ["-m", "unittest", "hostctl.tests.on_disk"], { cwd: resolve(__dirname, "../..") });
  expect(stderr).toMatch(/^Ran \d+ tests in .*\n\nOK$/m);
}, 600_000);
