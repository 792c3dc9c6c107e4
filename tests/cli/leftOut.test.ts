import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { requireFreshLock } from "../../cli/beforeEngine";
import { readStackFile } from "../../infra/config/stackFile";
import { project } from "../../tools/setup/folders";

const described = readStackFile(readFileSync(join(project, "Pulumi.local.yaml"), "utf8"), "Pulumi.local.yaml").raw;
let app: Readonly<Record<string, unknown>>;

jest.mock("../../cli/stackFiles", () => ({
  ...jest.requireActual<object>("../../cli/stackFiles"),
  readStack: () => ({ raw: { ...described, app }, secrets: {}, foreign: [] }),
}));

test.each([{}, { requirements: "requirements.txt" }])(
  "what is left out of a release is named, whether the file names its requirements or not",
  (said) => {
    const folder = mkdtempSync(join(tmpdir(), "left-out-"));
    const told = jest.spyOn(console, "error").mockReturnValue();
    try {
      mkdirSync(join(folder, "app"));
      for (const name of [".env", "data.db", "main.py", "requirements.txt"]) writeFileSync(join(folder, "app", name), "");
      app = { name: "shop", source: relative(project, join(folder, "app")), ...said };
      requireFreshLock("local");
      expect(told.mock.calls).toEqual([
        ["webstack: not released, since git does not track it: .env, data.db; git add brings one in, app.exclude ends this line"],
      ]);
    } finally {
      told.mockRestore();
      rmSync(folder, { recursive: true });
    }
  },
);
