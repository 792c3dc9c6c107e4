/**
 * Small apps in the forms that people's have, from their folder to the wheels of their release, or to the one line that refuses them.
 * Limit: the packages are names without content, from an index of the test's own on this box; poetry and pipenv themselves come from PyPI,
 * once.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as tar from "tar";
import { readFolder } from "../../cli/new/folder";
import { lock } from "../../cli/new/lock";
import { pythonWishes, takeImage } from "../../cli/new/python";
import { requireRequirements } from "../../cli/new/requirements";
import { additions } from "../../cli/new/server";
import { staleLock } from "../../cli/new/stale";
import type { DebianName } from "../../infra/config/catalog/debian";
import { buildRelease, runtimeOf } from "../../infra/release/build";
import { toolsSuffix, wheelFolder } from "../../infra/release/sourcePackages";
import { findRelease } from "../../infra/release/digest";
import { exporter } from "../../tools/exporters";
import { cacheFolder } from "../../tools/setup/folders";
import { makeMissing } from "../../tools/setup/step";
import { findUv, uv } from "../../tools/uv";

let folder: string;
let server: ChildProcess;
let places: Readonly<Record<string, string>>;
const before = { ...process.env };

beforeAll(async () => {
  await makeMissing([uv, exporter("poetry"), exporter("pipenv")], console.error);
  folder = mkdtempSync(join(tmpdir(), "projects-"));
  // A process of its own: pip is waited for in this one.
  server = spawn("python3", [join(__dirname, "index.py"), folder], { stdio: ["pipe", "pipe", "inherit"] });
  const [port] = (await once(server.stdout as NonNullable<typeof server.stdout>, "data")) as [Buffer];
  const host = `127.0.0.1:${port.toString().trim()}`;
  const forked = join(folder, "sources/forked");
  for (const words of [
    ["init", "--quiet"],
    ["add", "--all"],
    ["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "--message", "x"],
  ])
    execFileSync("git", words, { cwd: forked });
  places = {
    index: `http://${host}/simple`,
    private: `http://${host}/private`,
    withPassword: `http://ann:sesame@${host}/private`,
    git: `git+file://${forked}`,
    repository: `file://${forked}`,
    deaf: "http://127.0.0.1:9/simple",
  };
  // What is cached of this index is of no use to the next one; what set-up installed is.
  const tools = cacheFolder();
  mkdirSync(join(folder, "cache/webstack"), { recursive: true });
  for (const tool of ["uv", "poetry", "pipenv"]) symlinkSync(join(tools, tool), join(folder, "cache/webstack", tool));
  for (const name of Object.keys(process.env).filter((one) => /^(PIP|UV)_/.test(one))) Reflect.deleteProperty(process.env, name);
  // Python itself, where python3 is a script that chooses one, each time that it is called.
  process.env["PATH"] = `${dirname(execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim())}:${(
    process.env["PATH"] ?? ""
  )
    .split(":")
    .filter((one) => !one.endsWith("/shims"))
    .join(":")}`;
  Object.assign(process.env, {
    XDG_CACHE_HOME: join(folder, "cache"),
    UV_CACHE_DIR: join(folder, "cache/uv"),
    UV_DEFAULT_INDEX: places["index"],
    PIP_INDEX_URL: places["index"],
    UV_HTTP_RETRIES: "0",
    NETRC: join(folder, "netrc"),
  });
  writeFileSync(join(folder, "netrc"), "machine 127.0.0.1 login ann password sesame\n", { mode: 0o600 });
}, 300_000);

afterAll(() => {
  process.env = before;
  server.kill();
  rmSync(folder, { recursive: true, force: true });
});

interface App {
  readonly files: Readonly<Record<string, string | Buffer>>;
  readonly image?: DebianName;
  /** With the server, as for Django. */
  readonly served?: true;
  /** Runs in its folder, before it is read. */
  readonly prepare?: (root: string) => void;
}

let number = 0;

const toolsIn = (text: string): readonly string[] =>
  [...text.matchAll(/^(\S+)==(\S+)/gm)].map(([, name, version]) => `${name ?? ""} ${version ?? ""}`);

/**
 * What `npm run new` and the first `up` make of an app: its packages, those that were built, the lines of the lock between, and what it
 * says.
 */
async function released({ files, image: asked, served, prepare }: App) {
  const root = join(folder, `app-${number++}`, "shop");
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), typeof content === "string" ? filled(content) : content);
  }
  prepare?.(root);
  const seen = readFolder(root);
  const from = requireRequirements(root, seen, undefined);
  const image = takeImage(pythonWishes(seen, from), asked);
  const application = { kind: "wsgi", framework: "Django", module: "a:b", file: "a.py" } as const;
  const { text, wheels, compiled, packages, notes } = await lock(
    root,
    seen,
    from,
    (found) => (served === true ? additions(application, found, true).map(({ requirement }) => requirement) : []),
    image,
    "x86_64",
  );
  expect(readFolder(root).paths).toEqual(seen.paths);
  writeFileSync(join(root, "lock.txt"), text);
  mkdirSync(join(root, wheelFolder));
  for (const { file, bytes } of [...wheels, ...compiled]) writeFileSync(join(root, wheelFolder, file), bytes);
  for (const { file, tools } of compiled) writeFileSync(join(root, wheelFolder, `${file}${toolsSuffix}`), tools);
  expect(staleLock(root, "lock.txt", image)).toBeNull();
  const names = [...packages].map(([name, version]) => `${name} ${version}`).sort();
  // Wheels of the first index alone come into a release in one way.
  if (wheels.length + compiled.length > 0 || text.includes("--extra-index-url") || served === true) {
    const [sources, tools] = [
      new Set(compiled.map(({ name, version }) => `${name} ${version}`)),
      compiled.flatMap((one) => toolsIn(one.tools)),
    ];
    expect(await wheelsOf(root, image)).toEqual([...new Set([...names.filter((name) => !sources.has(name)), ...tools])].sort());
  }
  return {
    from,
    image,
    packages: names.join(", "),
    built: wheels.map(({ file }) => file),
    compiled: compiled.map(({ file, tools }) => [file, ...toolsIn(tools)]),
    options: text.split("\n").filter((line) => line.startsWith("--")),
    notes,
    text,
  };
}

/** Names and versions of the wheels of the release that `up` builds. */
async function wheelsOf(root: string, image: DebianName): Promise<readonly string[]> {
  const archive = await buildRelease(findRelease({ source: root, requirements: "lock.txt", exclude: [] }), runtimeOf(image, "x86_64"));
  const packed: string[] = [];
  tar.list({ sync: true, file: archive, onReadEntry: ({ path }) => packed.push(path) });
  return packed
    .filter((path) => path.startsWith("wheels/"))
    .map((path) => path.slice("wheels/".length).split("-").slice(0, 2).join(" ").replaceAll("_", "-"))
    .sort();
}

const filled = (text: string): string => text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => places[name] ?? "");

const requirements = (text: string): App["files"] => ({ "requirements.txt": text });
const flask = "flask 3.1, werkzeug 3.1";
const backend = (tag = "py3-none-any", requires = '["flask"]') =>
  execFileSync(
    "python3",
    [
      "-c",
      `import sys; sys.path.insert(0, ${JSON.stringify(__dirname)}); import index; print(index.BACKEND.format(name="shop", ` +
        `version="1", tag=${JSON.stringify(tag)}, requires=${requires}))`,
    ],
    { encoding: "utf8" },
  );
/** A wheel that is for hosts alone. */
const ownWheel = "wheels/own-1.0-cp313-cp313-manylinux_2_17_x86_64.whl";
const wheelBytes = () =>
  execFileSync("python3", [
    "-c",
    `import sys; sys.path.insert(0, ${JSON.stringify(__dirname)}); import index; sys.stdout.buffer.write(index.wheel("own", "1.0", ` +
      `"cp313-cp313-manylinux_2_17_x86_64", [])[1])`,
  ]);
const inTree = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n';
const project = (more: string, dependencies = '["flask"]', python = ">=3.10") => ({
  "pyproject.toml": `[project]\nname = "shop"\nversion = "1"\nrequires-python = "${python}"\ndependencies = ${dependencies}\n${more}`,
});
const uvLock = (root: string) =>
  void execFileSync(findUv(), ["lock", "--quiet", "--no-python-downloads"], { cwd: root, env: { ...process.env } });
const poetry = {
  "pyproject.toml":
    '[tool.poetry]\nname = "shop"\nversion = "1"\ndescription = ""\nauthors = []\npackage-mode = ' +
    'false\n[tool.poetry.dependencies]\npython = "^3.11"\nflask = {extras = ["async"], version = "^3"}\n',
  "poetry.lock": readFileSync(join(__dirname, "poetry.lock")),
};
const pipfile = (version: string) => ({
  Pipfile: '[packages]\nflask = {extras = ["async"], version = "*"}\n',
  "Pipfile.lock": JSON.stringify({
    _meta: { hash: { sha256: "0" }, "pipfile-spec": 6, requires: {}, sources: [{ name: "pypi", url: "{{index}}", verify_ssl: true }] },
    default: { flask: { extras: ["async"], version }, asgiref: { version: "==3.8" }, werkzeug: { version: "==3.1" } },
    develop: { gunicorn: { version: "==23.0" } },
  }),
});

describe("comes up", () => {
  test.each<[string, App, Readonly<Record<string, unknown>>]>([
    ["names alone", { files: requirements("flask\n") }, { from: "requirements.txt", packages: flask, built: [], options: [], notes: [] }],
    [
      "constraints",
      { files: { ...requirements("-c constraints.txt\nflask\n"), "constraints.txt": "flask==2.3.3\nwerkzeug<3\n" } },
      { packages: "flask 2.3.3, werkzeug 2.3" },
    ],
    [
      "a quoted include",
      { files: { ...requirements('-r "base.txt"\n'), "base.txt": "flask==2.3.3\n" } },
      { packages: "flask 2.3.3, werkzeug 3.1" },
    ],
    [
      "a file of production that includes another, with the line ends of Windows",
      {
        files: { "requirements/production.txt": "-r base.txt\r\n# more\r\nredis==5.2.1\r\n", "requirements/base.txt": "flask\r\n" },
        image: "debian-13",
      },
      { from: "requirements/production.txt", packages: "flask 3.1, redis 5.2.1, werkzeug 3.1" },
    ],
    [
      "UTF-16, as PowerShell writes it",
      { files: { "requirements.txt": Buffer.from("\ufeffflask==2.3.3\r\n", "utf16le") } },
      { packages: "flask 2.3.3, werkzeug 3.1" },
    ],
    ["a mark of the order of bytes", { files: requirements("\ufeffflask\n") }, { packages: flask }],
    [
      "extras, and a wheel for any Python 3",
      { files: requirements("fastapi[standard]\n") },
      { packages: "click 8.1, fastapi 0.115, httptools 0.6, starlette 0.40, uvicorn 0.30" },
    ],
    [
      "markers, read for Python 3.11.2",
      { files: requirements("redis\ngunicorn; sys_platform == 'win32'\n"), image: "debian-12" },
      { packages: "async-timeout 4.0, redis 5.2.1" },
    ],
    ["markers, read for Python 3.13", { files: requirements("redis\n"), image: "debian-13" }, { packages: "redis 5.2.1" }],
    [
      "a wheel of each Debian's own Python",
      { files: requirements("sqlalchemy[asyncio]\n"), image: "debian-12" },
      { packages: "greenlet 3.1, sqlalchemy 2.0" },
    ],
    [
      "a wheel that needs a newer C library than Debian 12 has",
      { files: requirements("newglibc\n"), image: "debian-13" },
      { packages: "newglibc 1.0" },
    ],
    [
      "a second index behind a password, which the lock does not have",
      { files: requirements("--extra-index-url {{withPassword}}\nflask\nacme-billing==1.2\n") },
      { packages: `acme-billing 1.2, ${flask}`, options: ["--extra-index-url {{private}}"] },
    ],
    [
      "a git source, whose name a stranger has at the index",
      { files: requirements("forked @ {{git}}\n") },
      { packages: "click 8.1, forked 1.0", built: ["forked-1.0-py3-none-any.whl"] },
    ],
    [
      "a package of the app's own folders",
      { files: { ...requirements("flask\n./libs/local\n"), "libs/local/pyproject.toml": inTree, "libs/local/backend.py": backend() } },
      { packages: `${flask.split(", ")[0] ?? ""}, shop 1, werkzeug 3.1`, built: ["shop-1-py3-none-any.whl"] },
    ],
    [
      "a wheel of one's own by its path, for a Python that this box need not have",
      { files: { ...requirements(`flask\n./${ownWheel}\n`), [ownWheel]: wheelBytes() }, image: "debian-13" },
      { packages: "flask 3.1, own 1.0, werkzeug 3.1", built: ["own-1.0-cp313-cp313-manylinux_2_17_x86_64.whl"] },
    ],
    ["itself, which a release holds anyway", { files: { ...requirements("-e .\n"), ...project("") } }, { packages: flask, built: [] }],
    [
      "a source without a wheel that is Python alone",
      { files: requirements("docopt\n") },
      { packages: "click 8.1, docopt 0.6.2", built: ["docopt-0.6.2-py3-none-any.whl"] },
    ],
    [
      "psycopg2, which hosts compile, whatever this box has for that",
      { files: requirements("psycopg2\nflask\n") },
      {
        packages: `${flask.replace(", ", ", psycopg2 2.9.9, ")}`,
        built: [],
        compiled: [["psycopg2-2.9.9.tar.gz", "setuptools 80.9", "wheel 0.45"]],
      },
    ],
    [
      "mysqlclient with the tools that it names, beside what becomes a wheel here",
      { files: requirements("mysqlclient\ndocopt\n"), image: "debian-12" },
      {
        packages: "click 8.1, docopt 0.6.2, mysqlclient 2.2",
        built: ["docopt-0.6.2-py3-none-any.whl"],
        compiled: [["mysqlclient-2.2.tar.gz", "setuptools 80.9", "wheel 0.45"]],
      },
    ],
    ["an older version, where the newest has no wheel", { files: requirements("oldwheels\n") }, { packages: "oldwheels 1.0", built: [] }],
    ["a version before its release, which --pre allows", { files: requirements("--pre\nrising\n") }, { packages: "rising 2.0rc1" }],
    [
      "options that are not needed here",
      { files: requirements("--trusted-host pypi.org\n--prefer-binary\nflask\n") },
      { packages: flask, notes: ["--trusted-host pypi.org: not needed by what is chosen here, and left aside"] },
    ],
    ["pyproject.toml", { files: project("") }, { from: "pyproject.toml", packages: flask }],
    [
      "pyproject.toml with a git source of uv",
      { files: project('[tool.uv.sources]\nforked = { git = "{{repository}}" }\n', '["forked"]') },
      { packages: "click 8.1, forked 1.0", built: ["forked-1.0-py3-none-any.whl"] },
    ],
    [
      "pyproject.toml with an index of uv",
      {
        files: project(
          '[[tool.uv.index]]\nname = "own"\nurl = "{{withPassword}}"\nexplicit = true\n[tool.uv.sources]\nacme-billing = { index = ' +
            '"own" }\n',
          '["acme-billing", "flask"]',
        ),
      },
      { packages: `acme-billing 1.2, ${flask}`, options: ["--extra-index-url {{private}}"] },
    ],
    [
      "pyproject.toml whose packages its own program tells",
      {
        files: { "pyproject.toml": `[project]\nname = "shop"\ndynamic = ["version", "dependencies"]\n${inTree}`, "backend.py": backend() },
      },
      { packages: flask, built: [] },
    ],
    [
      "setup.py",
      { files: { "setup.py": "from setuptools import setup\nsetup(name='shop')\n", "pyproject.toml": inTree, "backend.py": backend() } },
      { from: "setup.py", packages: flask, built: [] },
    ],
    [
      "uv.lock, whatever is newer by now",
      {
        files: project("", '["flask<3"]'),
        prepare: (root) => {
          uvLock(root);
        },
      },
      { from: "uv.lock", packages: "flask 2.3.3, werkzeug 3.1" },
    ],
    [
      "uv.lock of a Python that is not here",
      {
        files: project("", '["flask"]', ">=3.9"),
        image: "debian-13",
        prepare: (root) => {
          uvLock(root);
          for (const name of ["uv.lock", "pyproject.toml"])
            writeFileSync(join(root, name), readFileSync(join(root, name), "utf8").replace(/>=3\.9/g, ">=3.13"));
        },
      },
      { from: "uv.lock", packages: flask },
    ],
    ["poetry.lock with extras", { files: poetry }, { from: "poetry.lock", packages: "asgiref 3.8, flask 3.1, werkzeug 3.1" }],
    [
      "Pipfile.lock with extras, without what is for developers",
      { files: pipfile("==3.1") },
      { from: "Pipfile.lock", packages: "asgiref 3.8, flask 3.1, werkzeug 3.1" },
    ],
    [
      "Django 6, on the Debian that has its Python",
      { files: project("", '["django>=6"]', ">=3.12"), served: true },
      { image: "debian-13", packages: "asgiref 3.8, django 6.0, gunicorn 23.0, psycopg 3.2, psycopg-binary 3.2, tzdata 2026.1" },
    ],
    [
      "Django 3, with the driver that it knows",
      { files: requirements("Django==3.2.25\n"), served: true },
      { packages: "asgiref 3.8, django 3.2.25, gunicorn 23.0, psycopg2-binary 2.9.9, tzdata 2026.1" },
    ],
  ])("%s", async (_, app, expected) => {
    const options = (expected["options"] as readonly string[] | undefined)?.map(filled);
    const found = await released(app);
    expect(found).toMatchObject({ ...expected, ...(options === undefined ? {} : { options }) });
    expect(found.text).not.toContain("sesame");
  });

  test("an index whose password is in UV_INDEX alone, for the lock and for the release", async () => {
    Object.assign(process.env, { UV_INDEX: `own=${places["withPassword"] ?? ""}`, NETRC: join(folder, "none") });
    try {
      expect(await released({ files: requirements("acme-billing\n") })).toMatchObject({
        packages: "acme-billing 1.2",
        options: [`--extra-index-url ${places["private"] ?? ""}`],
      });
    } finally {
      Reflect.deleteProperty(process.env, "UV_INDEX");
      process.env["NETRC"] = join(folder, "netrc");
    }
  });

  test("packages that are built without the access to clouds and stacks that this process has", async () => {
    Object.assign(process.env, { AWS_SECRET_ACCESS_KEY: "sesame", SHOP_TOKEN: "sesame" });
    try {
      const nosy = `${backend()}\nassert "sesame" not in os.environ.values()\n`;
      expect(
        (
          await released({
            files: { ...requirements("./libs/local\n"), "libs/local/pyproject.toml": inTree, "libs/local/backend.py": nosy },
          })
        ).built,
      ).toEqual(["shop-1-py3-none-any.whl"]);
    } finally {
      for (const name of ["AWS_SECRET_ACCESS_KEY", "SHOP_TOKEN"]) Reflect.deleteProperty(process.env, name);
    }
  });

  test("hashes that stand in the file, and the lock has those", async () => {
    const { text } = await released({ files: requirements("flask\n") });
    const [, hash = ""] = /flask==3\.1 \\\n +--hash=(\S+)/.exec(text) ?? [];
    expect(
      (await released({ files: requirements(`flask==3.1 \\\n    --hash=${hash} \\\n    --hash=sha256:${"0".repeat(64)}\nwerkzeug\n`) }))
        .packages,
    ).toBe(flask);
    const other = `flask==2.3.3 ; python_version < '3.11' --hash=sha256:${"0".repeat(64)}\n`;
    const own = `flask==3.1 ; python_version >= '3.11' --hash=${hash}\n`;
    for (const lines of [own + other, other + own])
      expect((await released({ files: requirements(`${lines}werkzeug\n`) })).packages).toBe(flask);
  });
});

describe("is refused in one line", () => {
  test.each<[string, App, string | RegExp]>([
    [
      "a package that becomes a wheel for this box, of a source without any program",
      { files: requirements("compiled\n") },
      "requirements.txt: compiled 1.0 has no wheel for hosts, and becomes one for this box alone, since hosts compile C, C++, Cython and " +
        "Fortran of a source archive (.tar.gz) only; name a version that has one, or a package in its place",
    ],
    [
      "a package that Rust compiles",
      { files: requirements("rusty\n") },
      "requirements.txt: rusty 1.0 has no wheel for hosts, and Rust compiles it, whose own packages hosts ask no index for; name a version " +
        "that has one, or a package in its place",
    ],
    [
      "a package whose build tool has no wheel",
      { files: requirements("toolless\n") },
      "requirements.txt: toolless 1.0 has no wheel for hosts, and is built by docopt, which has none either; name a version that has one, or " +
        "a package in its place",
    ],
    [
      "a wheel for another C library alone",
      { files: requirements("musl\n"), image: "debian-13" },
      /^requirements.txt: no set of packages fits the hosts: Because (all versions of )?musl.* ha(s|ve) no .*wheel/,
    ],
    [
      "a wheel for a newer C library",
      { files: requirements("newglibc\n"), image: "debian-12" },
      /^requirements.txt: no set of packages fits the hosts: Because .*newglibc.* ha(s|ve) no .*wheel/,
    ],
    [
      "another hash than that of the index",
      { files: requirements(`flask==3.1 --hash=sha256:${"0".repeat(64)}\n`) },
      /^requirements.txt: flask 3\.1 must have one of the 1 hashes that stand there, got sha256:[0-9a-f]{64} from the index; either /,
    ],
    [
      "an include that is not there",
      { files: requirements("-r missing.txt\nflask\n") },
      "requirements.txt: no set of packages fits the hosts: Error parsing included file in `requirements.txt` at position 0: " +
        "failed to read from file `missing.txt`: No such file or directory (os error 2); put the file there, or take the line out",
    ],
    [
      "a constraint that no version fulfils",
      { files: { ...requirements("-c c.txt\nflask==3.1\n"), "c.txt": "werkzeug<3\n" } },
      "requirements.txt: no set of packages fits the hosts: Because flask>=3.1 depends on werkzeug>=3 and werkzeug<3, we can " +
        "conclude that flask>=3.1 cannot be used. And because you require flask==3.1; change what is asked for until the two agree",
    ],
    [
      "a package that no index has",
      { files: requirements("acme-billing\n") },
      "requirements.txt: no set of packages fits the hosts: Because acme-billing was not found in the package registry and you " +
        "require acme-billing; name the index that has it: --extra-index-url in the file, or UV_INDEX",
    ],
    [
      "an index that does not answer",
      { files: requirements("--extra-index-url {{deaf}}\nflask\n") },
      /^requirements.txt: no set of packages fits the hosts: Failed to fetch: http:\/\/127\.0\.0\.1:9\/simple\/flask\/: .*; the index must answer here; its password comes from ~\/\.netrc or UV_INDEX, see docs\/own-app\.md$/,
    ],
    [
      "a git source that is not there, though the index has its name",
      { files: requirements("forked @ git+file:///nowhere/forked\n") },
      /^requirements.txt: no set of packages fits the hosts: Failed to download and build `forked @ git\+file:\/\/\/nowhere\/forked`: .*; a git source must be reachable from here: git ls-remote tries$/,
    ],
    [
      "a git source in pip's older form",
      { files: requirements("-e {{git}}#egg=forked\n") },
      /^requirements\.txt: no set of packages fits the hosts: Unsupported editable requirement in `requirements\.txt` at line 1: .*: Git sources cannot be editable; write NAME @ git\+ADDRESS in place of -e git\+ADDRESS#egg=NAME$/,
    ],
    [
      "a Python that no host has",
      { files: project("", '["flask"]', ">=3.14") },
      /^requires-python of pyproject\.toml: must allow the Python of the hosts, 3\.\d+\.\d+, got ">=3\.14"; Debian 12 has 3\.11\.2 and Debian 13 has 3\.13\.5: change it if the app runs there$/,
    ],
    [
      "a Python that the image does not have",
      { files: { ...requirements("flask\n"), ".python-version": "3.12.4\n" }, image: "debian-12" },
      '.python-version: must allow the Python of the hosts, 3.11.2, got ">=3.12"; --image debian-13 has one that it allows',
    ],
    [
      "a version that asks for another Python",
      { files: requirements("Django==6.0\n"), image: "debian-12" },
      /^requirements\.txt: no set of packages fits the hosts: Because the current Python version \(3\.11\.2\) does not satisfy Python>=3\.12 and .*you require django==6\.0; --image takes a host with another Python$/,
    ],
    [
      "uv.lock that is older than its project",
      {
        files: project(""),
        prepare: (root) => {
          uvLock(root);
          writeFileSync(join(root, "pyproject.toml"), project("", '["flask", "redis"]')["pyproject.toml"]);
        },
      },
      "uv.lock: must have what pyproject.toml asks for, and lacks redis; uv lock brings it up to date",
    ],
    [
      "poetry.lock that is older than its project",
      { files: { ...poetry, "pyproject.toml": poetry["pyproject.toml"].replace('^3"}', '^2"}') } },
      /^poetry\.lock: .*pyproject\.toml changed significantly since poetry\.lock was last generated.*; poetry lock brings it up to date$/,
    ],
    [
      "Pipfile without its lock",
      { files: { Pipfile: "[packages]\nflask = '*'\n" } },
      /must say which packages it needs, in requirements\.txt, pyproject\.toml, or a lock of uv, poetry or pipenv; Pipfile has no Pipfile\.lock beside it; pipenv lock writes it$/,
    ],
    [
      "conda",
      { files: { "environment.yml": "dependencies: [flask]\n" } },
      /; environment\.yml is for conda, whose packages no host has; name those of PyPI in requirements\.txt$/,
    ],
    ["nothing", { files: { "app.py": "" } }, /; pip freeze > requirements\.txt writes what is installed here$/],
  ])("%s", async (_, app, line) => {
    const said = await released(app).then(
      ({ packages }) => `came up with ${packages}`,
      (error: Error) => error.message,
    );
    if (typeof line === "string") expect(said).toBe(line);
    else expect(said).toMatch(line);
    expect(said).not.toContain("\n");
  });
});
