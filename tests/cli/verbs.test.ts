/** The command `webstack` as people type it, and the lines of the documents that write files. Limit: verbs that need no engine. */
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { completion } from "../../cli/completion";
import { pictures } from "../../cli/diagram";
import { helpOf, overview } from "../../cli/help";
import { verbs } from "../../cli/verbs";

const project = resolve(__dirname, "../..");
const all = verbs();
const run = promisify(execFile);
let folder = "";

/** The project by links, so that nothing is installed into that of these tests: tools/run leaves packages behind a link alone. */
let linked = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "webstack-verbs-"));
  linked = join(folder, "project");
  mkdirSync(join(linked, "tools"), { recursive: true });
  for (const name of readdirSync(project).filter((one) => one !== "tools" && !one.startsWith("."))) symlinkSync(join(project, name), join(linked, name));
  for (const name of ["run", "webstack"]) copyFileSync(join(project, "tools", name), join(linked, "tools", name));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A line that people type in a folder of their own, with nothing of this box's stacks. */
const type = (line: string) => run("bash", ["-c", line], { cwd: folder, env: { ...process.env, INIT_CWD: "", XDG_DATA_HOME: join(folder, "data"), PULUMI_BACKEND_URL: `file://${folder}` } });

test("every verb says what it does, with its words", () => {
  expect(all.map(({ name }) => name)).toEqual(expect.arrayContaining(["up", "secret", "manage", "new"]));
  expect(all.map(({ name }) => name)).not.toContain("soak");
  expect(overview(all)).toMatch(/^ {2}status +what is up, and how each host is$/m);
  expect(helpOf("logs", all)).toBe("webstack logs [STACK] [SERVICE|JOB|deploy] [-f] [-n LINES]\na log of every host: its last 50 lines, of the deployments the last one.");
  expect(() => helpOf("stauts", all)).toThrow('there is no verb "stauts"; did you mean status? webstack help lists them');
});

test("webstack runs a verb from any folder, with its words, and knows no other", async () => {
  const { stdout } = await type(`${linked}/tools/webstack diagram local`);
  expect(stdout).toBe(pictures().get("docs/diagrams/local.svg"));
  await expect(type(`${linked}/tools/webstack 'x;y'`)).rejects.toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining('there is no verb "x;y"') });
}, 60_000);

test("a verb refuses words that it does not know, before it asks anything", async () => {
  await expect(type(`${linked}/tools/webstack status local --jsno`)).rejects.toMatchObject({ code: 1, stderr: 'webstack: npm run status -- [STACK], got "--jsno"\n' });
}, 60_000);

test("completion knows verbs, then stacks", async () => {
  const script = completion("webstack-program", ["status", "ssh", "up"], ["local", "mysite"]);
  const complete = async (...words: readonly string[]) => {
    const { stdout } = await type(`${script}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; _webstack; echo "\${COMPREPLY[@]}"`);
    return stdout.trim();
  };
  expect([await complete("webstack", "s"), await complete("webstack", "ssh", "my"), await complete("webstack", "help", "u")]).toEqual(["status ssh", "mysite", "up"]);
});

test("what the documents write to a file is that and nothing else", async () => {
  const pages = ["README.md", ...readdirSync(join(project, "docs")).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`)];
  const typed = pages.flatMap((page) => [...readFileSync(join(project, page), "utf8").matchAll(/npm run (?:diagram|runbook|policy) -- \S+ (?:--deployer )?--out \S+\w/g)].map(([line]) => line));
  expect(typed).toEqual(expect.arrayContaining(["npm run diagram -- STACK --out picture.svg", "npm run policy -- aws --deployer --out policies"]));
  for (const line of new Set(typed)) await type(`INIT_CWD=$PWD npm --prefix ${linked} ${line.slice("npm ".length).replace("STACK", "local")}`);
  expect(readFileSync(join(folder, "picture.svg"), "utf8")).toBe(pictures().get("docs/diagrams/local.svg"));
  expect(readdirSync(join(folder, "policies"))).toHaveLength(3);
}, 120_000);
