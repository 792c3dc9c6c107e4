/**
 * From the folder of an app to its page on machines of this box, by the lines that the documents have for it, and on to `down`: what a
 * newcomer types, read from the documents. By night from the folders of apps that nobody here wrote. Limit: packages come from PyPI, so the
 * first run needs the network; the machines never do.
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isMap, isSeq, parse, parseDocument } from "yaml";
import { blocksOf, linesOf, readmeLines, type Block } from "./documents";
import { ask } from "./http";
import { titiler, wagtailSite } from "./openProjects";
import { testAtNight } from "./rows";
import { recordBoots, run, TestStack, type Outcome } from "./stack";
import { atTerminal } from "./terminal";

type Answers = readonly (readonly [prompt: RegExp, answer: string])[];

describe("a newcomer with a Django project, who types what docs/own-app.md says", () => {
  const stack = new TestStack("mine", "10.84.23.0/24");
  const app = join(dirname(stack.folder), stack.name);
  const words = `${app}-words`;
  const page = blocksOf("docs/own-app.md");
  let at = 0;
  let site = "";

  beforeAll(() => {
    for (const made of [app, words]) rmSync(made, { recursive: true, force: true });
    cpSync(join(__dirname, "mine"), app, { recursive: true });
    // A package of a repository, whose name a stranger could take at the index.
    mkdirSync(words);
    writeFileSync(
      join(words, "pyproject.toml"),
      '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n[project]\nname = "boardwords"\nversion ' +
        '= "1.0"\n',
    );
    writeFileSync(join(words, "boardwords.py"), 'TITLE = "Words of a repository"\n');
    for (const git of [
      ["init", "--quiet"],
      ["add", "--all"],
      ["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "--message", "x"],
    ])
      execFileSync("git", git, { cwd: words });
    writeFileSync(
      join(app, "requirements.txt"),
      // The driver comes as source, which hosts compile.
      `${readFileSync(join(app, "requirements.txt"), "utf8")}psycopg2\nboardwords @ git+file://${words}\n`,
    );
  });

  afterAll(async () => {
    await stack.down();
    for (const made of [app, words]) rmSync(made, { recursive: true, force: true });
  }, 120_000);

  /** The documents' stack is called after the folder of the app, and so is this one. */
  const named = (text: string) => text.replace(/\bmine\b/g, stack.name);

  /** The next lines of the page, once what stands before them is written into files. A reader leaves out nothing. */
  function next(name: string): readonly string[] {
    for (; ; at++) {
      const block = page[at];
      if (block === undefined) throw new Error(`docs/own-app.md has no more lines, and none called ${name}`);
      if ("written" in block.how) write(block.how.written, block);
      else {
        expect(block.name).toBe(name);
        at++;
        return linesOf(named(block.text));
      }
    }
  }

  /** Merges a block into a stack's file, as somebody does who looks for the place of each key. */
  function write(name: string, { text }: Block): void {
    const file = join(stack.folder, named(name));
    const document = parseDocument(readFileSync(file, "utf8"));
    const merge = (path: readonly string[], value: unknown): void => {
      const there = document.getIn(path);
      if (isSeq(there) && Array.isArray(value)) value.forEach((one) => document.addIn(path, one));
      else if ((isMap(there) || path.length === 0) && typeof value === "object")
        Object.entries(value as object).forEach(([key, one]) => merge([...path, key], one));
      else document.setIn(path, value);
    };
    merge([], parse(text));
    writeFileSync(file, document.toString());
  }

  /** Types a line, at a terminal where it asks something. */
  async function type(line: string, answers: Answers = []): Promise<Outcome> {
    const outcome = await (answers.length === 0 ? stack.shell(line) : atTerminal(stack, line, answers));
    recordBoots(outcome);
    return outcome;
  }

  /** As {@link type}, for a line that must do what it says; what it printed. */
  async function does(line: string | undefined, answers: Answers = []): Promise<string> {
    const { code, stdout, stderr } = await type(line ?? "", answers);
    if (code !== 0) throw new Error(`${line ?? "no line"} ended with ${code}\n${stdout}\n${stderr}`);
    return stdout;
  }

  /** Types lines into the shell of a host. */
  const onHost = (text: string) =>
    run("sh", ["-c", `npm run ssh -- ${stack.name}`], { cwd: stack.typing().folder, env: stack.typing().environment }, text);
  const operations = (name: string) => onHost(blocksOf("docs/operations.md").find((block) => block.name === name)?.text ?? "");

  const heading = async () => /<h1>(.*)<\/h1>/.exec((await ask(site)).body)?.[1];
  const put = async (name: string, content: string) => {
    const form = new FormData();
    form.append("file", new Blob([content]), name);
    return fetch(`${site}pictures`, { method: "POST", headers: { "X-Token": "a-token-of-a-test" }, body: form });
  };
  const pictures = async () =>
    [...(await ask(site)).body.matchAll(/<a href="([^"]+)">pictures\/([^<]+)<\/a>: (.*)<\/li>/g)].map(([, path = "", name, size]) => ({
      path,
      name,
      size,
    }));

  test("the lines of README are lines of that page", () => {
    const lines = readmeLines("Your own app in ten minutes");
    expect(lines.length).toBeGreaterThan(2);
    expect(page.flatMap(({ text }) => linesOf(text))).toEqual(expect.arrayContaining([...lines]));
  });

  test("has a page, with nothing of the project changed", async () => {
    const [made, up, status, runbook, ...others] = next("page");
    expect(others).toEqual([]);
    const started = Date.now();
    const asked = [
      /Name of the stack \[test-mine\]: $/,
      /Target: .* \[local\]: $/,
      /Application object.* \[mine\.wsgi:application\]: $/,
      /Path that answers 200.* \[\/\]: $/,
    ];
    await does(
      made,
      asked.map((prompt) => [prompt, ""]),
    );
    await failsAtFirst(up ?? "");
    expect(await does(up)).toContain("Your site is up: ");
    console.log(
      `${stack.name}: ${((Date.now() - started) / 1000).toFixed(1)} s from npm run new to the page, by way of a first up that failed`,
    );
    site = (await stack.outputs()).siteUrl;
    expect(await does(status)).toMatch(/page +200/);
    expect(await does(runbook)).toContain(`docs/runbooks/${stack.name}.md`);
    const { body } = await ask(site);
    const style = await ask(`${site}${/href="\/(static\/[^"]+\.css)"/.exec(body)?.[1] ?? ""}`);
    expect([await heading(), style.status, style.headers["content-type"]]).toEqual(["A board", 200, "text/css"]);
    // The page is of PostgreSQL; the project's own SQLite was never made.
    expect(await stack.npm("ssh", stack.name, "web-0", "sudo find / -xdev -name db.sqlite3")).toMatchObject({ code: 0, stdout: "" });
    const again = await stack.shell(`${made ?? ""} --yes`);
    expect([again.code, again.stderr]).toEqual([1, `webstack: ${stack.file} is there already; move it away, or take another --name\n`]);
    for (const file of ["manage.py", "mine/settings.py"])
      expect(readFileSync(join(app, file), "utf8")).toBe(readFileSync(join(__dirname, "mine", file), "utf8"));
  }, 600_000);

  /** A first `up` of a project that does not start, and what its verbs say until the next one. */
  async function failsAtFirst(up: string): Promise<void> {
    const urls = join(app, "mine/urls.py");
    const right = readFileSync(urls, "utf8");
    writeFileSync(urls, `import nothing_of_that_name\n${right}`);
    const failed = await type(up);
    writeFileSync(urls, right);
    expect([failed.code === 0, failed.stderr]).toEqual([
      false,
      expect.stringMatching(/why +.*nothing_of_that_name[^]*serves +nothing yet/),
    ]);
    const log = await does(`npm run logs -- ${stack.name} deploy`);
    expect(log).toMatch(/The last deployment, hostctl apply, failed at migrate and ended at [^]*# Step 1 : [^]*nothing_of_that_name/);
    const status = await stack.npm("status", stack.name);
    expect([status.code, status.stdout]).toEqual([
      1,
      expect.stringMatching(/site +none yet: the first up did not come to its end; [^]*web-0 \([\d.]+\)\nhost [^]*release none/),
    ]);
    const manage = await stack.npm("manage", stack.name, "check");
    expect([manage.code, manage.stderr]).toEqual([
      1,
      expect.stringMatching(/stack \S+ is not up: its first up did not come to its end\. web-0 \([\d.]+\) answers; npm run logs/),
    ]);
  }

  test("has an administrator, who logs in", async () => {
    const [manage, exec, shell, dbshell, ...others] = next("commands");
    expect(others).toEqual([]);
    await does(manage, [
      [/Username.*: $/, "ada"],
      [/Email address: $/, "ada@example.org"],
      [/Password: $/, "Sesame-8472"],
      [/Password \(again\): $/, "Sesame-8472"],
    ]);
    expect(await does(exec)).toContain("System check identified no issues");
    expect(await does(shell, [[/\$ $/, "id -un; exit"]])).toMatch(/^test.mine\r?$/m);
    expect(await does(`echo 'select current_user, count(*) from auth_user' | ${dbshell ?? ""}`)).toMatch(/^ *test_mine +\| +1$/m);
    // By a package of an extra, and one that was built of its repository.
    expect(await does(`echo 'select left(password, 7) from auth_user' | ${dbshell ?? ""}`)).toMatch(/^ *argon2\$$/m);
    expect(await does(`npm run --silent exec -- ${stack.name} python -c 'import boardwords; print(boardwords.TITLE)'`)).toContain(
      "Words of a repository",
    );
    // With Debian's own library, not with one that a wheel brings.
    expect(await does(`npm run --silent exec -- ${stack.name} sh -c 'ldd venv/lib/python3*/site-packages/psycopg2/*.so'`)).toMatch(
      /libpq\.so\.5 => \/lib\//,
    );
    const form = await ask(`${site}admin/login/`);
    const token = /name="csrfmiddlewaretoken" value="(\w+)"/.exec(form.body)?.[1] ?? "";
    const cookie = String(form.headers["set-cookie"]).split(";")[0] ?? "";
    const entered = await fetch(`${site}admin/login/?next=/admin/`, {
      method: "POST",
      redirect: "manual",
      headers: { Cookie: cookie },
      body: new URLSearchParams({ csrfmiddlewaretoken: token, username: "ada", password: "Sesame-8472" }),
    });
    expect([entered.status, entered.headers.get("location")]).toEqual([302, "/admin/"]);
  }, 120_000);

  test("has a secret, without which nobody uploads anything, and an upload", async () => {
    expect((await put("one.txt", "one picture")).status).toBe(403);
    const [set, list, up, ...others] = next("secret");
    expect(others).toEqual([]);
    const file = readFileSync(stack.file, "utf8");
    await does(set, [[/UPLOAD_TOKEN: $/, "a-token-of-a-test"]]);
    expect([readFileSync(stack.file, "utf8"), stack.whole()]).toEqual([
      file,
      expect.stringMatching(/ +webstack:UPLOAD_TOKEN:\n +secure: \S+\n/),
    ]);
    expect(await does(list)).toMatch(/UPLOAD_TOKEN +is set/);
    await does(up);
    expect((await put("one.txt", "one picture")).status).toBe(201);
    const [look, ...more] = next("uploads");
    expect([more, await does(look)]).toEqual([[], expect.stringContaining("one.txt")]);
    const [one] = await pictures();
    expect([one?.size, (await ask(`${site}${one?.path.slice(1) ?? ""}`)).body]).toEqual(["not looked at", "one picture"]);
  }, 120_000);

  test("has a worker and a job", async () => {
    const [up, logs, job, ...others] = next("worker");
    expect(others).toEqual([]);
    await does(up);
    for (const end = Date.now() + 20_000; (await pictures())[0]?.size !== "11"; await new Promise((resolve) => setTimeout(resolve, 200)))
      if (Date.now() > end) throw new Error("the worker never looked at the picture");
    expect(await does(logs)).toContain("pictures/one.txt: 11 bytes");
    expect(await does(job)).toContain("tidy: success, exit code 0");
  }, 120_000);

  test("brings a release, and one that does not start leaves it serving", async () => {
    const [up = "", ...others] = next("release");
    expect(others).toEqual([]);
    const [view, template] = [join(app, "board/views.py"), join(app, "board/templates/board/home.html")];
    writeFileSync(template, readFileSync(template, "utf8").replace("<h1>A board", "<h1>A better board"));
    const release = /release +([0-9a-f]{16})/.exec(await does(up))?.[1] ?? "none";
    expect(await heading()).toBe("A better board");
    const right = readFileSync(view, "utf8");
    writeFileSync(view, `import nothing_of_that_name\n${right}`);
    const broken = await type(up);
    writeFileSync(view, right);
    const last = broken.stderr
      .trim()
      .split("\n")
      .slice(-3)
      .map((line) => line.trim());
    expect([broken.code === 0, last]).toEqual([
      false,
      [
        expect.stringMatching(/^failed +web-0-apply; /),
        expect.stringMatching(/^why +.*nothing_of_that_name/),
        expect.stringMatching(new RegExp(`^serves +.*${release}`)),
      ],
    ]);
    expect(await heading()).toBe("A better board");
  }, 180_000);

  test("goes back to the release before, and forward again", async () => {
    const [logs, rollback, up, ...others] = next("back");
    expect(others).toEqual([]);
    expect(await does(logs)).toContain("nothing_of_that_name");
    const serves = /release ([0-9a-f]{16}) serves now, in place of ([0-9a-f]{16})/.exec(await does(rollback)) ?? [];
    expect([await heading(), serves.length]).toEqual(["A board", 3]);
    writeFileSync(join(stack.folder, "key"), (await stack.pulumi(["config", "get", "sshPrivateKey"])).stdout, { mode: 0o600 });
    // As a clean clone has it, from before its secrets were made up.
    stack.restore(readFileSync(stack.file, "utf8"));
    await changesNothing(`npm run preview -- ${stack.name}`);
    expect(await does(up)).toContain(`Set again in .webstack/Pulumi.${stack.name}.yaml, encrypted, from the state: `);
    expect(await heading()).toBe("A better board");
    expect(await stack.remote("sudo grep -c a-token-of-a-test /etc/webstack/env")).toBe("1");
  }, 180_000);

  /** Types a line, and holds the stack's file, its state and its host against what they were. */
  async function changesNothing(line: string): Promise<void> {
    const state = join(stack.folder, "state");
    const here = () => [
      readFileSync(stack.file, "utf8"),
      ...readdirSync(state, { recursive: true })
        .map((name) => `${String(name)} ${statSync(join(state, String(name))).mtimeMs}`)
        .sort(),
    ];
    const there = () =>
      stack.remote(
        "sudo sh -c 'find /srv/webstack /etc /usr/local /var/lib/webstack/manifest.json /var/lib/webstack/history.json " +
          '/var/lib/webstack/inbox /var/log/webstack -printf "%p %T@ %s %l\\n" | sort | sha256sum\'',
      );
    const before = [...here(), await there()];
    expect(await does(line)).toContain("to update");
    expect([...here(), await there()]).toEqual(before);
  }

  test("closes the site for a while, and pauses it, in the shell of the host", async () => {
    expect(await operations("closed")).toMatchObject({ code: 0 });
    // The page that `new` took for the one of health, since the project has no other.
    const held = await ask(site);
    expect([held.status, held.body]).toEqual([503, expect.stringContaining("We are back at noon")]);
    expect(await operations("open")).toMatchObject({ code: 0 });
    expect(await operations("pause")).toMatchObject({ code: 0 });
    expect((await ask(site)).status).toBe(200);
  }, 60_000);

  test("backs up, restores what was lost, and takes that back", async () => {
    for (const line of next("backup")) await does(line);
    expect((await put("two.txt", "a later picture")).status).toBe(201);
    const [restore, undo, ...others] = next("restore");
    expect(others).toEqual([]);
    await does(restore, [[/Go on\? \[y\/N\]/, "y"]]);
    expect((await pictures()).map(({ name }) => name)).toEqual(["one.txt"]);
    await does(undo);
    expect((await pictures()).map(({ name }) => name)).toEqual(["one.txt", "two.txt"]);
  }, 180_000);

  test("reviews what is left to do, which is nothing, and takes all of it down", async () => {
    const [review, down, ...others] = next("end");
    expect([others, page.length - at]).toEqual([[], 0]);
    expect(await does(review)).toContain("Nothing changes");
    expect(await does(down)).toContain(`Stack ${stack.name} is down: its machines and its network are gone.`);
    expect(await stack.npm("status", stack.name)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`webstack: stack ${stack.name} is not up; bring it up: npm run up -- ${stack.name}\n`),
    });
    expect(existsSync(stack.file)).toBe(true);
  }, 120_000);
});

/** Of an app that nobody here wrote. */
let other: TestStack | undefined;

afterEach(async () => {
  await other?.down();
  other = undefined;
}, 120_000);

/** Both verbs, as a person types them. Result: the site's address. */
async function fromFolderToPage(stack: TestStack): Promise<string> {
  const made = await stack.npm("new", "--name", stack.name, "--range", stack.range, "--yes", "--app", "project");
  expect([made.code, made.stderr]).toEqual([0, ""]);
  const up = await stack.npm("up", stack.name);
  if (up.code !== 0) throw new Error(`up ended with ${up.code}\n${up.stdout}\n${up.stderr}`);
  expect(up.stdout).toContain("Your site is up: ");
  return (await stack.outputs()).siteUrl;
}

testAtNight(
  "new",
  "a Wagtail site: its welcome page, its static files, its administration behind a login",
  async () => {
    const stack = (other = new TestStack("newwagtail", "10.84.24.0/24"));
    const project = join(stack.folder, "project");
    await wagtailSite(project);
    const before = readFileSync(join(project, "mysite/settings/base.py"), "utf8");
    const site = await fromFolderToPage(stack);

    const { status, body } = await ask(site);
    expect([status, /<h1>(.*)<\/h1>/.exec(body)?.[1]]).toEqual([200, "Welcome to your new Wagtail site!"]);
    const style = /href="(\/static\/css\/welcome_page\.[0-9a-f]+\.css)"/.exec(body)?.[1] ?? "";
    const served = await ask(`${site}${style.slice(1)}`);
    expect([served.status, served.headers["content-type"]]).toEqual([200, "text/css"]);
    const login = await ask(`${site}admin/login/`);
    expect([login.status, /<title>\s*([^<]*?)\s*<\/title>/.exec(login.body)?.[1]]).toEqual([200, "Sign in - Wagtail"]);
    expect(readFileSync(join(project, "mysite/settings/base.py"), "utf8")).toBe(before);
  },
  600_000,
);

testAtNight(
  "new",
  "TiTiler, a FastAPI application: its pages and what it says of its health",
  async () => {
    const stack = (other = new TestStack("newtitiler", "10.84.24.0/24"));
    await titiler(join(stack.folder, "project"));
    const site = await fromFolderToPage(stack);
    expect(existsSync(join(stack.folder, "project/webstack_settings.py"))).toBe(false);
    expect(readFileSync(join(stack.folder, `Pulumi.${stack.name}.yaml`), "utf8")).toContain("kind: none");

    const health = await ask(`${site}healthz`);
    expect([health.status, Object.keys(JSON.parse(health.body) as object)]).toEqual([200, ["versions"]]);
    const page = await ask(site, { headers: { Accept: "text/html" } });
    expect([page.status, /<title>([^<]*)<\/title>/.exec(page.body)?.[1]]).toEqual([200, "TiTiler"]);
    const api = JSON.parse((await ask(`${site}api`)).body) as { info: { title: string } };
    expect(api.info.title).toBe("TiTiler");
  },
  600_000,
);
