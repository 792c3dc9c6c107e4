import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { problemsBefore, requireNoProblemsYet } from "../../cli/beforeEngine";
import { markOf, staleLock, untoldLock } from "../../cli/new/stale";
import { problemLine } from "../../infra/config/problems";
import { checkSource } from "../../infra/release/check";
import { Typing } from "./typing";

const access = ["DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN", "SPACES_ACCESS_KEY_ID", "SPACES_SECRET_ACCESS_KEY"];
const before = Object.fromEntries(access.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
const prod = readFileSync(join(resolve(__dirname, "../.."), "Pulumi.prod.yaml"), "utf8");

beforeEach(() => {
  for (const name of access) Reflect.deleteProperty(process.env, name);
});

afterAll(() => {
  Object.assign(process.env, before);
});

test("secrets and tokens that are missing are told together, before there is an engine", () => {
  const lines = problemsBefore("prod", prod).map(problemLine);
  expect(lines).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^sshPrivateKey: must be set; run npm run key -- prod$/),
      expect.stringMatching(/^DJANGO_SECRET_KEY: must be set; /),
      expect.stringMatching(/^target: must find DIGITALOCEAN_TOKEN in the environment/),
      expect.stringMatching(/^backup\.enabled: must find SPACES_ACCESS_KEY_ID/),
    ]),
  );
});

test.each(["up", "preview"])(
  "%s of a stack in a cloud says so, and the engine was asked for nothing but the state and the settings",
  async (verb) => {
    const typing = new Typing();
    try {
      typing.knows("prod", { config: { "webstack:target": { value: "digitalocean" } } });
      const { code, stderr } = await typing.type(`webstack ${verb} prod`);
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(
          /webstack: Pulumi\.prod\.yaml: \d+ problems\n[^]*sshPrivateKey: must be set[^]*target: must find DIGITALOCEAN_TOKEN/,
        ),
      ]);
      expect(typing.asked().filter((line) => !/^(stack ls|stack export|config --json) /.test(line))).toEqual([]);
    } finally {
      typing.remove();
    }
  },
  60_000,
);

test("a box without the engine says so before it fetches it, but for secrets, which the stack may have lost", async () => {
  const absent = { missing: () => "is not there" };
  await expect(requireNoProblemsYet("prod", absent)).rejects.toThrow(/sshPrivateKey: must be set[^]*target: must find DIGITALOCEAN_TOKEN/);
  await expect(requireNoProblemsYet("prod", { missing: () => null })).resolves.toBeUndefined();
  for (const name of access) process.env[name] = "there";
  await expect(requireNoProblemsYet("prod", absent)).resolves.toBeUndefined();
});

test("a token in the stack's file counts as there", () => {
  const lines = problemsBefore("prod", `${prod}\n  digitalocean:token:\n    secure: v1:abc\n`).map(problemLine);
  expect(lines.filter((line) => line.includes("DIGITALOCEAN_TOKEN"))).toEqual([]);
});

describe("an app's folder", () => {
  let folder = "";
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "webstack source-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  test("that is not there, or has no requirements, is a problem with its place", () => {
    expect(
      checkSource({ source: `${folder}/none`, requirements: "r.txt", exclude: [], buildPackages: [] }, [], "debian-13").map(problemLine),
    ).toEqual([`app.source: must be a folder of this box, got "${folder}/none"; it is sought at ${folder}/none`]);
    expect(
      checkSource({ source: folder, requirements: "r.txt", exclude: [], buildPackages: [] }, [], "debian-13").map(problemLine),
    ).toEqual([
      'app.requirements: must be a file in app.source, got "r.txt"; name the file with versions and hashes; npm run new makes one',
    ]);
    writeFileSync(join(folder, "r.txt"), "");
    expect(checkSource({ source: folder, requirements: "r.txt", exclude: [], buildPackages: [] }, [], "debian-13")).toEqual([]);
  });

  test("whose static folder holds programs of its own is refused before anybody can read them", () => {
    writeFileSync(join(folder, "r.txt"), "");
    mkdirSync(join(folder, "shop/static"), { recursive: true });
    writeFileSync(join(folder, "shop/settings.py"), "");
    writeFileSync(join(folder, "shop/static/site.css"), "");
    const of = (...folders: string[]) =>
      checkSource(
        { source: folder, requirements: "r.txt", exclude: [], buildPackages: [] },
        folders.map((one) => ({ url: "/static/", folder: one })),
        "debian-12",
      ).map(problemLine);
    expect(of("shop")).toEqual([
      'static./static/: must be a folder without the app\'s own programs, since everybody may read what is in it, got "shop"; ' +
        "shop/settings.py lies there; name the folder that a release step fills",
    ]);
    expect([of("shop/static"), of("staticfiles"), of("./sho")]).toEqual([[], [], []]);
  });

  test("whose requirements are left out of its release is refused before a host is asked to install them", () => {
    writeFileSync(join(folder, "requirements.txt"), "");
    const of = (...exclude: readonly string[]) =>
      checkSource({ source: folder, requirements: "requirements.txt", exclude, buildPackages: [] }, [], "debian-13").map(problemLine);
    const line =
      'app.requirements: must be a file of the release, got "requirements.txt"; git, a .gitignore or app.exclude leaves it out; ' +
      "git add --force requirements.txt brings it in";
    expect([of(), of("*.txt")]).toEqual([[], [line]]);
    writeFileSync(join(folder, ".gitignore"), "requirements.txt\n");
    expect(of()).toEqual([line]);
  });

  test("whose lock has a source that hosts compile is refused until the stack says with what", () => {
    writeFileSync(join(folder, "r.txt"), `psycopg2==2.9 \\\n    --hash=sha256:${createHash("sha256").update("source").digest("hex")}\n`);
    mkdirSync(join(folder, "webstack_wheels"));
    writeFileSync(join(folder, "webstack_wheels/psycopg2-2.9.tar.gz"), "source");
    const of = (...buildPackages: readonly string[]) =>
      checkSource({ source: folder, requirements: "r.txt", exclude: [], buildPackages }, [], "debian-13").map(problemLine);
    // A source of one's own, which pip takes as it likes.
    expect(of()).toEqual([]);
    writeFileSync(join(folder, "webstack_wheels/psycopg2-2.9.tar.gz.build.txt"), "");
    expect([of(), of("gcc")]).toEqual([
      [
        "app.buildPackages: must name the Debian packages by which hosts compile psycopg2, got []; for example " +
          "buildPackages: [gcc, libpq-dev, python3-dev]",
      ],
      [],
    ]);
    // What a host compiles must get there.
    writeFileSync(join(folder, ".gitignore"), "*.tar.gz\n");
    expect(of("gcc")).toEqual([
      'app.requirements: must be a file of the release, got "webstack_wheels/psycopg2-2.9.tar.gz"; git, a .gitignore or app.exclude ' +
        "leaves it out; git add --force webstack_wheels/psycopg2-2.9.tar.gz brings it in",
    ]);
  });

  test("whose lock was made for the Python of another Debian is refused with both ways out", () => {
    const lock = (python: string) =>
      writeFileSync(
        join(folder, "r.txt"),
        `# Wheels for Python ${python} on Linux x86_64, chosen by pip from requirements.txt; what a host installs, and nothing ` +
          `else.\ndjango==5.2\n`,
      );
    lock("3.11");
    expect(
      checkSource({ source: folder, requirements: "r.txt", exclude: [], buildPackages: [] }, [], "debian-13").map(problemLine),
    ).toEqual([
      `app.requirements: must have wheels for Python 3.13, which Debian 13 has, got "r.txt, made for Python 3.11"; npm run new -- ` +
        `--app '${folder}' --lock --image debian-13 chooses them anew; host.image: debian-12 keeps what is there`,
    ]);
    expect(checkSource({ source: folder, requirements: "r.txt", exclude: [], buildPackages: [] }, [], "debian-12")).toEqual([]);
    lock("3.13");
    expect(checkSource({ source: folder, requirements: "r.txt", exclude: [], buildPackages: [] }, [], "debian-13")).toEqual([]);
  });

  test("whose requirements have changed since its lock was made is refused with the line that chooses anew", () => {
    const lock = (from: string, mark: string) =>
      writeFileSync(
        join(folder, "webstack_requirements.txt"),
        `# Wheels for Python 3.11 on Linux x86_64, chosen by uv from ${from}; what a host installs, and nothing else.\n# Made by ` +
          `x.\n# Made of: ${mark}\ndjango==5.2 \\\n`,
      );
    const stale = () => staleLock(folder, "webstack_requirements.txt", "debian-13");
    mkdirSync(join(folder, "libs/common"), { recursive: true });
    writeFileSync(join(folder, "libs/common/common.py"), "x = 1\n");
    writeFileSync(join(folder, "requirements.txt"), "# ours\nDjango>=5\n-r more.txt\n");
    writeFileSync(join(folder, "more.txt"), "./libs/common\n");
    lock("requirements.txt", `${markOf(folder, ["Django>=5", "-r more.txt", "./libs/common"], ["libs/common"])} libs/common`);
    expect(stale()).toBeNull();
    const line =
      "webstack_requirements.txt: must be made of what requirements.txt asks for now, and is of an earlier text; npm run new -- " +
      `--app '${folder}' --lock --image debian-13 chooses anew`;
    writeFileSync(join(folder, "libs/common/common.py"), "x = 2\n");
    expect(stale()).toBe(line);
    writeFileSync(join(folder, "libs/common/common.py"), "x = 1\n");
    mkdirSync(join(folder, "libs/common/common.egg-info"));
    writeFileSync(join(folder, "libs/common/common.egg-info/PKG-INFO"), "");
    expect(stale()).toBeNull();
    writeFileSync(join(folder, "more.txt"), "./libs/common\nPillow\n");
    expect(stale()).toBe(line);
    writeFileSync(join(folder, "r.txt"), "a\n");
    lock("r.txt", "0123456789abcdef");
    expect(stale()).toBe(
      line.replace("requirements.txt asks", "r.txt asks").replace("--image debian-13", "--image debian-13 --requirements r.txt"),
    );
    rmSync(join(folder, "r.txt"));
    expect(stale()).toBe(
      line.replace("requirements.txt asks for now, and is of an earlier text", "r.txt asks for now, which is no file of the app any more"),
    );
    writeFileSync(join(folder, "lock.txt"), readFileSync(join(folder, "webstack_requirements.txt"), "utf8").replaceAll("\n", "\r\n"));
    expect(staleLock(folder, "lock.txt", "debian-13")).toMatch(
      /^lock\.txt: .* chooses anew, in webstack_requirements\.txt, which then takes its place$/,
    );
    writeFileSync(join(folder, "webstack_requirements.txt"), "django==5.2\n");
    expect([stale(), staleLock(folder, "none.txt", "debian-13")]).toEqual([null, null]);
    const untold = () => untoldLock(folder, "webstack_requirements.txt", "debian-13");
    expect(untold()).toBeNull();
    lock("requirements.txt", "0123456789abcdef");
    expect(untold()).toBeNull();
    const made = readFileSync(join(folder, "webstack_requirements.txt"), "utf8");
    writeFileSync(join(folder, "webstack_requirements.txt"), made.replace("chosen by uv", "chosen by pip"));
    expect([stale(), untold()]).toEqual([
      null,
      "webstack_requirements.txt does not tell what it was made of, so whether requirements.txt asks for other packages by now nobody " +
        `knows; npm run new -- --app '${folder}' --lock --image debian-13 writes one that does`,
    ]);
  });
});
