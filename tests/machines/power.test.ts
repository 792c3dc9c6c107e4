/**
 * What a real power cut leaves of a host: hostctl's own work in ext4 file systems whose disks are copied as they are at that moment, see
 * hostctl/tests/on_disk.py. No machine boots; it is here because mounting needs root.
 */
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { testAtNight } from "./rows";

test.each([
  { work: "a deployment leaves the old state or the new one", suite: "ReleaseTest" },
  { work: "a change of files and units does as well, with /var on a file system of its own", suite: "FilesTest" },
  { work: "a rollback with its restore point leaves release and schema a pair", suite: "PairTest" },
  { work: "a restore or a backup leaves the data that served or that of the backup", suite: "DataTest" },
])("a power cut at any point of $work", ({ suite }) => holds(suite), 600_000);

testAtNight(
  "power",
  "a power cut at any point of a restore does as well where media have no disk of their own",
  () => holds("DataOnOneDiskTest"),
  600_000,
);

async function holds(suite: string): Promise<void> {
  const { stderr } = await promisify(execFile)("python3", ["-m", "unittest", `hostctl.tests.on_disk.${suite}`], {
    cwd: resolve(__dirname, "../.."),
  });
  expect(stderr).toMatch(/^Ran \d+ tests? in .*\n\nOK$/m);
}
