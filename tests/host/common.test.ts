import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { goldenManifests } from "../goldens/stacks";

const hostctl = join(__dirname, "../../hostctl");
const library = "/usr/local/lib/webstack/hostctl/";

test("every host gets every module of hostctl as it is in the project, and nothing else beside them but their sums", () => {
  const modules = readdirSync(hostctl, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".py") && !name.startsWith("tests/") && name !== "standalone/receive.py")
    .sort();
  expect(modules).toEqual(expect.arrayContaining(["__main__.py", "site/__init__.py", "standalone/pause_proxy.py", "verbs/cli.py"]));
  const expected = modules.map((name) => ({
    path: `${library}${name}`,
    owner: "root",
    group: "root",
    mode: "0644",
    onChange: [],
    content: readFileSync(join(hostctl, name), "utf8"),
  }));
  for (const { files } of goldenManifests().values()) {
    // hostctl.test.ts has what the sums say.
    const found = files.filter(({ path }) => path.startsWith(library) && path !== `${library}SHA256SUMS`);
    expect(found.map(({ path, owner, group, mode, onChange, content }) => ({ path, owner, group, mode, onChange, content }))).toEqual(
      expected,
    );
  }
});
