import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { contentOf } from "../../infra/release/digest";
import { readSource, SourceError, sourceFiles } from "../../infra/release/source";

let root: string;
let app: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "source-"));
  app = join(root, "app");
  mkdirSync(app);
});

afterEach(() => rmSync(root, { recursive: true }));

function put(...paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(app, path)), { recursive: true });
    writeFileSync(join(app, path), path);
  }
}

const git = (...args: readonly string[]) =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...args], { cwd: root, stdio: "ignore" });

describe("in a git work tree a release holds what git would hand on", () => {
  beforeEach(() => git("init", "--quiet"));

  test("rules of every level, those above the app included", () => {
    writeFileSync(join(root, ".gitignore"), "media/\n*.log\n");
    put("manage.py", "media/u.jpg", "debug.log", "front/secret.txt", "front/.gitignore");
    writeFileSync(join(app, "front/.gitignore"), "*\n!.gitignore\n");
    expect(readSource(app, [])).toEqual({ files: ["front/.gitignore", "manage.py"], leftOut: [] });
  });

  test("what it tracks, though a pattern names it, and nothing that was deleted", () => {
    put("lib/jquery.js", "locale/django.mo", "gone.py", "db.sqlite3", ".env", "manage.py");
    git("add", "--all");
    writeFileSync(join(root, ".gitignore"), "lib/\n*.mo\ndb.sqlite3\n");
    rmSync(join(app, "gone.py"));
    expect(readSource(app, [])).toEqual({ files: [".env", "db.sqlite3", "lib/jquery.js", "locale/django.mo", "manage.py"], leftOut: [] });
  });

  test("no secret, key, dump or database that it does not track, and those are named", () => {
    put(
      ".env",
      ".env.example",
      ".env.production",
      "tls/site.key",
      "id_ed25519",
      "db.sqlite3",
      "dump-2026.sql",
      "schema.sql",
      "service-account.json",
      ...["db.sqlite3-wal", "db.sqlite3-shm", ".netrc", ".pgpass", "keys/credentials.json", "service_account_prod.json", "team.kdbx"],
      ...["id_rsa_deploy", "id_ed25519.pub", "id_rsa_numbers.py", "id_card.html"],
      "manage.py",
    );
    expect(readSource(app, [])).toEqual({
      files: [".env.example", "id_card.html", "id_rsa_numbers.py", "manage.py", "schema.sql"],
      leftOut: [
        ...[".env", ".env.production", ".netrc", ".pgpass", "db.sqlite3", "db.sqlite3-shm", "db.sqlite3-wal", "dump-2026.sql"],
        ...["id_ed25519", "id_ed25519.pub", "id_rsa_deploy", "keys/credentials.json", "service-account.json"],
        ...["service_account_prod.json", "team.kdbx", "tls/site.key"],
      ],
    });
  });

  test("without a program that a clone's settings name, where the clone lacks what git would read", () => {
    put("manage.py", "sub/.gitignore");
    git("add", "--all");
    git("commit", "--quiet", "--message", "x");
    git("config", "uploadpack.allowFilter", "true");
    const clone = join(root, "clone");
    git("clone", "--quiet", "--no-checkout", "--filter=blob:none", `file://${root}`, clone);
    const there = (...words: readonly string[]) => execFileSync("git", words, { cwd: clone, stdio: "ignore" });
    there("read-tree", "HEAD");
    there("update-index", "--skip-worktree", "app/sub/.gitignore");
    there("config", "remote.origin.uploadpack", `touch ${root}/ran; git-upload-pack`);
    mkdirSync(join(clone, "app/sub"), { recursive: true });
    writeFileSync(join(clone, "app/sub/new.txt"), "");
    expect(() => readSource(clone, [])).toThrow(
      /git does not say what belongs to it: fatal: could not fetch \w+ .*; git status must work there$/,
    );
    expect(existsSync(join(root, "ran"))).toBe(false);
  });

  test("never what tools make anew, nor what the description excludes", () => {
    put("node_modules/a/index.js", "a/__pycache__/a.pyc", ".venv/bin/python", "docs/a.md", "a/a.py");
    git("add", "--all", "--force");
    expect(sourceFiles(app, ["docs/"])).toEqual(["a/a.py"]);
  });

  test("the files of a folder that the repository around it ignores, as one of its own", () => {
    writeFileSync(join(root, ".gitignore"), "app/\n");
    put("manage.py", "a.log", ".gitignore");
    writeFileSync(join(app, ".gitignore"), "*.log\n");
    expect(sourceFiles(app, [])).toEqual([".gitignore", "manage.py"]);
  });

  test("no file of a repository of its own that git lists none of, and that is named unless it is excluded", () => {
    put("main.py", "vendor/lib/lib.py", "theme/theme.css");
    for (const inner of ["vendor/lib", "theme"]) {
      git("init", "--quiet", `app/${inner}`);
      git("-C", `app/${inner}`, "add", "--all");
      git("-C", `app/${inner}`, "commit", "--quiet", "--message", "x");
    }
    git("add", "app/theme");
    expect(readSource(app, [])).toEqual({ files: ["main.py"], leftOut: ["theme/", "vendor/lib/"] });
    expect(readSource(app, ["theme/", "vendor/"])).toEqual({ files: ["main.py"], leftOut: [] });
  });

  test("the same where the app's folder is named by a link", () => {
    writeFileSync(join(root, ".gitignore"), "media/\n");
    put("manage.py", "media/u.jpg");
    const other = mkdtempSync(join(tmpdir(), "link-"));
    symlinkSync(app, join(other, "app"));
    try {
      expect(sourceFiles(join(other, "app"), [])).toEqual(["manage.py"]);
    } finally {
      rmSync(other, { recursive: true });
    }
  });

  test("a work tree that is none to git is told in one line", () => {
    writeFileSync(join(app, ".git"), "gitdir: /nowhere\n");
    put("manage.py");
    expect(() => sourceFiles(app, [])).toThrow(
      /^\S+: git does not say what belongs to it: fatal: not a git repository: \/nowhere; git status must work there$/,
    );
    expect(() => sourceFiles(app, [])).toThrow(SourceError);
  });

  test("whatever the variables of a hook say, and without running what the repository's settings name", () => {
    put("manage.py");
    const ran = join(root, "ran");
    writeFileSync(join(root, "hook"), `#!/bin/sh\ntouch ${ran}\n`, { mode: 0o755 });
    git("config", "core.fsmonitor", join(root, "hook"));
    process.env["GIT_DIR"] = "/nowhere";
    try {
      expect([sourceFiles(app, []), sourceFiles(root, ["hook"])]).toEqual([["manage.py"], ["app/manage.py"]]);
    } finally {
      delete process.env["GIT_DIR"];
    }
  });
});

test("without git the .gitignore files of all levels say it, the innermost last", () => {
  writeFileSync(join(root, ".gitignore"), "*.log\nmedia/\n");
  put("a.log", "media/a.jpg", "logs/keep.log", "logs/.gitignore", "build/a.txt", "build/.gitignore", "manage.py", ".env");
  writeFileSync(join(app, "logs/.gitignore"), "!keep.log\n");
  writeFileSync(join(app, "build/.gitignore"), "*\n!.gitignore\n");
  expect(readSource(app, [])).toEqual({ files: ["build/.gitignore", "logs/.gitignore", "logs/keep.log", "manage.py"], leftOut: [".env"] });
});

test("names may have spaces, accents and quotes, and are in the order of their bytes", () => {
  const names = ["Été à la mer.txt", "a b.txt", 'it\'s "one".txt', "zebra.txt", "日本.txt", "new\nline.txt"];
  put(...names);
  const expected = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  expect(sourceFiles(app, [])).toEqual(expected);
  git("init", "--quiet");
  expect(sourceFiles(app, [])).toEqual(expected);
});

test.each(["in a work tree", "without git"])("a name that is no UTF-8 is refused, and not released under another, %s", (where) => {
  if (where === "in a work tree") git("init", "--quiet");
  writeFileSync(Buffer.concat([Buffer.from(`${app}/caf`), Buffer.from([0xe9])]), "");
  expect(() => sourceFiles(app, [])).toThrow(
    /caf\ufffd: the name of a file must be UTF-8, which this is not; rename it, or exclude its folder$/,
  );
});

describe.each(["in a work tree", "without git"])("a link %s", (where) => {
  beforeEach(() => {
    if (where === "in a work tree") git("init", "--quiet");
    put("shared/a.css", "main.py");
  });

  test("into the app's folder stands for what it leads to", () => {
    symlinkSync("main.py", join(app, "app.py"));
    symlinkSync("shared", join(app, "static"));
    expect(sourceFiles(app, [])).toEqual(["app.py", "main.py", "shared/a.css", "static/a.css"]);
  });

  test("to a folder stands for all that is below it, and whatever its own name is, for no secret", () => {
    put("shared/fonts/deep/a.woff", "shared/.env", ".env");
    symlinkSync("shared", join(app, "static"));
    symlinkSync(".env", join(app, "settings.ini"));
    expect(readSource(app, [])).toEqual({
      files: ["main.py", "shared/a.css", "shared/fonts/deep/a.woff", "static/a.css", "static/fonts/deep/a.woff"],
      leftOut: [".env", "settings.ini", "shared/.env", "static/.env"],
    });
  });

  test("to a folder that git ignores stands for what is there, tools' own apart", () => {
    writeFileSync(join(app, ".gitignore"), "build/\n");
    put("build/js/app.js", "build/node_modules/a.js", "build/site.key");
    symlinkSync("build", join(app, "static"));
    expect(readSource(app, [])).toEqual({
      files: [".gitignore", "main.py", "shared/a.css", "static/js/app.js"],
      leftOut: ["static/site.key"],
    });
  });

  test.each([
    ["out of it", "/etc/hostname", "is a link that leads out of the app's folder; copy what it leads to, or exclude it"],
    ["nowhere", "none.py", "is a link that leads nowhere; remove it or exclude it"],
    ["round in circles", ".", "is a link to a folder that it lies in; exclude it"],
  ])("%s is refused, unless it is excluded", (_, target, fault) => {
    symlinkSync(target, join(app, "link"));
    expect(() => sourceFiles(app, [])).toThrow(`${join(app, "link")}: ${fault}`);
    expect(sourceFiles(app, ["link"])).toEqual(["main.py", "shared/a.css"]);
  });
});

test("a script that a box with Windows checked out has the line ends that hosts need, and nothing else is changed", () => {
  const of = (text: string) => {
    writeFileSync(join(app, "run"), text, "latin1");
    return contentOf(join(app, "run")).bytes.toString("latin1");
  };
  expect(of("#!/bin/sh\r\necho \xe9\r\n")).toBe("#!/bin/sh\necho \xe9\n");
  for (const text of ["#!/bin/sh\necho 'a\r\n'\n", "a\r\nb\r\n", "#!", ""]) expect(of(text)).toBe(text);
  chmodSync(join(app, "run"), 0o700);
  expect(contentOf(join(app, "run")).executable).toBe(true);
});
