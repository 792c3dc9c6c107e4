import { execFileSync } from "node:child_process";
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { checkOut } from "../../../cli/review/checkout";

const scratch = mkdtempSync(join(tmpdir(), "webstack-checkout-"));
const project = join(scratch, "home/project");

const write = (path: string, text: string) => {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), text);
};
const git = (...words: readonly string[]) =>
  execFileSync("git", ["-c", "user.name=test", "-c", "user.email=test@example.org", ...words], { cwd: project });

beforeAll(() => {
  const files = {
    "infra/index.ts": "one",
    "cloud-init/unit": "one",
    "hostctl/verbs/cli.py": "one",
    "providers/main.ts": "one",
    "package.json": "{}",
    "docs/page.md": "one",
    "examples/shop/app.py": "one",
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  write("Pulumi.shop.yaml", "config:\n  webstack:app: { name: shop, source: ../beside }\n");
  write("../beside/app.py", "beside");
  write("node_modules/one/index.js", "one");
  git("init", "-q");
  git("add", ":!node_modules");
  git("commit", "-q", "-m", "one");
});

afterAll(() => rmSync(scratch, { recursive: true }));

let count = 0;
async function checkedOut(): Promise<{ readonly folder: string; readonly links: readonly string[] }> {
  const folder = (await checkOut(project, "HEAD", "shop", join(scratch, String(count++)))) ?? "";
  return { folder, links: readdirSync(folder).filter((entry) => lstatSync(join(folder, entry)).isSymbolicLink()) };
}

const text = (folder: string, path: string) => readFileSync(join(folder, path), "utf8");

test("what did not change is a link, an app beside the project is found beside it, and the rest of the project is left out", async () => {
  const { folder, links } = await checkedOut();
  expect(links).toEqual(["Pulumi.shop.yaml", "cloud-init", "hostctl", "infra", "node_modules", "package.json", "providers"]);
  expect(readdirSync(folder)).toEqual(links);
  expect(text(folder, "../beside/app.py")).toBe("beside");
});

test("what changed is as the commit has it: the stack's file, an app with a new file, and the program as a whole", async () => {
  write("Pulumi.shop.yaml", "config:\n  webstack:app: { name: shop, source: examples/shop }\n");
  git("add", ":!node_modules");
  git("commit", "-q", "-m", "two");
  write("Pulumi.shop.yaml", "config: {}\n");
  write("examples/shop/new.py", "new");
  const first = await checkedOut();
  expect(first.links).toEqual(["cloud-init", "hostctl", "infra", "node_modules", "package.json", "providers"]);
  expect([text(first.folder, "Pulumi.shop.yaml"), text(first.folder, "examples/shop/app.py")]).toEqual([
    expect.stringContaining("source: examples/shop"),
    "one",
  ]);
  expect(() => text(first.folder, "examples/shop/new.py")).toThrow("ENOENT");

  write("cloud-init/unit", "two");
  const second = await checkedOut();
  expect(second.links).toEqual(["node_modules"]);
  expect([text(second.folder, "cloud-init/unit"), text(second.folder, "infra/index.ts")]).toEqual(["one", "one"]);
});

test("a commit without the stack has no tree of it", async () => {
  expect(await checkOut(project, "HEAD", "nowhere", join(scratch, "none"))).toBeNull();
});

test("a stack that is described beside its example comes from there, also where the working tree has it elsewhere", async () => {
  write("examples/shop/Pulumi.beside.yaml", "config:\n  webstack:app: { name: shop, source: examples/shop }\n");
  git("add", ":!node_modules");
  git("commit", "-q", "-m", "three");
  const folder = (await checkOut(project, "HEAD", "beside", join(scratch, "beside"))) ?? "";
  expect(text(folder, "examples/shop/Pulumi.beside.yaml")).toContain("source: examples/shop");
  git("mv", "examples/shop/Pulumi.beside.yaml", "Pulumi.beside.yaml");
  const moved = (await checkOut(project, "HEAD", "beside", join(scratch, "moved"))) ?? "";
  expect(text(moved, "examples/shop/Pulumi.beside.yaml")).toContain("source: examples/shop");
});
