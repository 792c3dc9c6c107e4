/**
 * From the folder of an app that nobody here wrote to its page on machines of this box, with `npm run new` and `npm run up` and
 * nothing by hand. Limit: the projects come from PyPI, so the first run needs the network; the machines never do.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ask } from "./http";
import { titiler, wagtailSite } from "./openProjects";
import { testAtNight } from "./rows";
import { TestStack } from "./stack";

let stack: TestStack;

afterEach(async () => {
  await stack.down();
}, 120_000);

const onHost = (command: string) => stack.npm("ssh", "web-0", command);

/** Both verbs, as a person types them; the seconds from the first to the answer of the last. */
async function fromFolderToPage(...more: readonly string[]): Promise<string> {
  const started = Date.now();
  const made = await stack.npm("new", "--name", stack.name, "--range", stack.range, "--yes", ...more);
  expect([made.code, made.stderr]).toEqual([0, ""]);
  const up = await stack.npm("up", stack.name);
  if (up.code !== 0) throw new Error(`up ended with ${up.code}\n${up.stdout}\n${up.stderr}`);
  console.log(`${stack.name}: ${((Date.now() - started) / 1000).toFixed(1)} s from npm run new to the page\n${made.stdout}\n${up.stdout.split("\n").slice(-12).join("\n")}`);
  expect(up.stdout).toContain("Your site is up: ");
  return (await stack.outputs()).siteUrl;
}

test("a Wagtail site: its welcome page, its static files, its administration behind a login", async () => {
  stack = new TestStack("newwagtail", "10.84.23.0/24");
  const project = join(stack.folder, "project");
  await wagtailSite(project);
  const before = readFileSync(join(project, "mysite/settings/base.py"), "utf8");
  const site = await fromFolderToPage("--app", "project");

  const { status, body } = await ask(site);
  expect([status, /<h1>(.*)<\/h1>/.exec(body)?.[1]]).toEqual([200, "Welcome to your new Wagtail site!"]);
  const style = /href="(\/static\/css\/welcome_page\.[0-9a-f]+\.css)"/.exec(body)?.[1] ?? "";
  const served = await ask(`${site}${style.slice(1)}`);
  expect([served.status, served.headers["content-type"]]).toEqual([200, "text/css"]);
  const login = await ask(`${site}admin/login/`);
  expect([login.status, /<title>\s*([^<]*?)\s*<\/title>/.exec(login.body)?.[1]]).toEqual([200, "Sign in - Wagtail"]);

  // The page is of PostgreSQL; the project's own SQLite was never made.
  expect((await onHost("sudo find / -xdev -name 'db.sqlite3'")).stdout).toBe("");
  // Nothing of the project was changed, and a second `new` changes nothing either.
  expect(readFileSync(join(project, "mysite/settings/base.py"), "utf8")).toBe(before);
  const again = await stack.npm("new", "--app", "project", "--name", stack.name, "--yes");
  expect([again.code, again.stderr]).toEqual([1, `webstack: ${join(stack.folder, `Pulumi.${stack.name}.yaml`)} is there already; move it away, or take another --name\n`]);
}, 600_000);

testAtNight("new", "TiTiler, a FastAPI application: its pages and what it says of its health", async () => {
  stack = new TestStack("newtitiler", "10.84.24.0/24");
  await titiler(join(stack.folder, "project"));
  const site = await fromFolderToPage("--app", "project");
  expect(existsSync(join(stack.folder, "project/webstack_settings.py"))).toBe(false);
  expect(readFileSync(join(stack.folder, `Pulumi.${stack.name}.yaml`), "utf8")).toContain("kind: none");

  const health = await ask(`${site}healthz`);
  expect([health.status, Object.keys(JSON.parse(health.body) as object)]).toEqual([200, ["versions"]]);
  const page = await ask(site, { headers: { Accept: "text/html" } });
  expect([page.status, /<title>([^<]*)<\/title>/.exec(page.body)?.[1]]).toEqual([200, "TiTiler"]);
  const api = JSON.parse((await ask(`${site}api`)).body) as { info: { title: string } };
  expect(api.info.title).toBe("TiTiler");
}, 600_000);

