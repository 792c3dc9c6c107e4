/** The command `webstack` as people type it, and the lines of the documents that write files. Limit: the engine and ssh are stand-ins. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { completion } from "../../cli/completion";
import { pictures } from "../../cli/diagram";
import { helpOf, overview } from "../../cli/help";
import { verbs } from "../../cli/verbs";
import { Typing, upAt } from "./typing";

const project = resolve(__dirname, "../..");
const all = verbs();
let typing: Typing;

beforeEach(() => {
  typing = new Typing();
});

afterEach(() => typing.remove());

test("every verb says what it does, with its words", () => {
  expect(all.map(({ name }) => name)).toEqual(expect.arrayContaining(["up", "secret", "manage", "new"]));
  expect(all.map(({ name }) => name)).not.toContain("soak");
  expect(overview(all)).toMatch(/^ {2}status +what is up, and how each host is$/m);
  expect(helpOf("logs", all)).toBe(
    "webstack logs [STACK] [SERVICE|JOB|deploy] [-f] [-n LINES]\na log of every host: its last 50 lines, of the deployments the last one.",
  );
  expect(() => helpOf("stauts", all)).toThrow('there is no verb "stauts"; did you mean status? webstack help lists them');
});

test("webstack runs a verb from any folder, with its words, and knows no other", async () => {
  expect((await typing.type("webstack diagram local")).stdout).toBe(pictures().get("docs/diagrams/local.svg"));
  expect(await typing.type("webstack 'x;y'")).toEqual({ code: 1, stdout: "", stderr: expect.stringContaining('there is no verb "x;y"') });
}, 120_000);

test("npx webstack in the project's folder prints what the verb does and no banner, lists the verbs, and completes them in a shell", async () => {
  typing.knows("local", { outputs: upAt("255.255.255.255") });
  const npx = (words: string) => typing.type(`cd ${typing.project} && npx --no-install webstack ${words}`);
  expect(await npx("outputs local")).toEqual({ code: 0, stdout: `${JSON.stringify(upAt("255.255.255.255"))}\n`, stderr: "" });
  expect((await npx("help")).stdout).toBe(`${overview(all)}\n`);
  expect(await typing.type("webstack help lgos")).toEqual({
    code: 1,
    stdout: "",
    stderr: 'webstack: there is no verb "lgos"; did you mean logs? webstack help lists them\n',
  });
  const completed = await typing.type(
    `cd ${typing.project} && eval "$(npx --no-install webstack completion)" && COMP_WORDS=(webstack status bitcoin-a) COMP_CWORD=2 ` +
      `&& _webstack && echo "\${COMPREPLY[@]}" && webstack help logs`,
  );
  expect(completed.stdout).toBe(`bitcoin-aws\n${helpOf("logs", all)}\n`);
}, 120_000);

test("each verb is asked for help by npm and by webstack, first of all or behind the stack", async () => {
  for (const line of [
    "webstack logs --help",
    "webstack logs local -h",
    `npm --prefix ${typing.project} run --silent logs -- local --help`,
  ]) {
    expect([line, await typing.type(line)]).toEqual([line, { code: 0, stdout: `${helpOf("logs", all)}\n`, stderr: "" }]);
  }
  typing.knows("local", { outputs: upAt("255.255.255.255") });
  // Words of another program are that program's.
  expect((await typing.type("webstack manage local migrate --help")).stdout).toBe(
    "on the host: sudo hostctl exec -- python manage.py migrate --help\n",
  );
  expect((await typing.type("webstack exec local --help")).stdout).toBe("on the host: sudo hostctl exec -- --help\n");
}, 120_000);

test("outputs and a review go to a file, whole and without a banner, seen from where they were typed", async () => {
  typing.knows("local", { outputs: upAt("255.255.255.255") });
  const typed = await typing.type(
    `mkdir here && cd here && INIT_CWD=$PWD npm --prefix ${typing.project} run outputs -- local --out outputs.json && ` +
      `INIT_CWD=$PWD npm --prefix ${typing.project} run review -- local --against deployed --out change.md`,
  );
  expect([typed.code, readdirSync(join(typing.folder, "here")).sort()]).toEqual([0, ["change.md", "outputs.json"]]);
  expect(JSON.parse(readFileSync(join(typing.folder, "here/outputs.json"), "utf8"))).toEqual(upAt("255.255.255.255"));
  expect(readFileSync(join(typing.folder, "here/change.md"), "utf8")).toMatch(/^# Review of local\n/);
  expect(await typing.type("webstack outputs local --ot x")).toEqual({
    code: 1,
    stdout: "",
    stderr: expect.stringContaining("npm run outputs -- STACK [--out FILE]"),
  });
}, 120_000);

test("a verb refuses words that it does not know, before it asks anything", async () => {
  expect(await typing.type("webstack status local --jsno")).toMatchObject({
    code: 1,
    stderr: 'webstack: npm run status -- [STACK], got "--jsno"\n',
  });
  expect(typing.asked()).toEqual([]);
}, 120_000);

test("completion knows verbs, then stacks", async () => {
  const script = completion("webstack-program", ["status", "ssh", "up"], ["local", "mysite"]);
  const complete = async (...words: readonly string[]) => {
    const { stdout } = await typing.type(
      `${script}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; _webstack; echo ` +
        `"\${COMPREPLY[@]}"`,
    );
    return stdout.trim();
  };
  expect([await complete("webstack", "s"), await complete("webstack", "ssh", "my"), await complete("webstack", "help", "u")]).toEqual([
    "status ssh",
    "mysite",
    "up",
  ]);
});

test("what the documents write to a file is that and nothing else", async () => {
  const pages = [
    "README.md",
    ...readdirSync(join(project, "docs"))
      .filter((name) => name.endsWith(".md"))
      .map((name) => `docs/${name}`),
  ];
  const typed = pages.flatMap((page) =>
    [...readFileSync(join(project, page), "utf8").matchAll(/npm run (?:diagram|runbook|policy) -- \S+ (?:--deployer )?--out \S+\w/g)].map(
      ([line]) => line,
    ),
  );
  expect(typed).toEqual(
    expect.arrayContaining(["npm run diagram -- STACK --out picture.svg", "npm run policy -- aws --deployer --out policies"]),
  );
  for (const line of new Set(typed))
    await typing.type(`INIT_CWD=$PWD npm --prefix ${typing.project} ${line.slice("npm ".length).replace("STACK", "local")}`);
  expect(readFileSync(join(typing.folder, "picture.svg"), "utf8")).toBe(pictures().get("docs/diagrams/local.svg"));
  expect(readdirSync(join(typing.folder, "policies"))).toHaveLength(3);
}, 120_000);
