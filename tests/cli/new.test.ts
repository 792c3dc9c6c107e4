import { parse } from "yaml";
import { parseDescription } from "../../cli/description";
import { readEnv, readFlags } from "../../cli/new/answers";
import { design, unanswered, type Choices } from "../../cli/new/design";
import { variablesOf } from "../../cli/new/environment";
import { find, named, stackName } from "../../cli/new/found";
import { moduleOf, type Folder } from "../../cli/new/folder";
import { lockedPackages, lockText } from "../../cli/new/lockText";
import { overlay } from "../../cli/new/overlay";
import { allows, imageFor, pythonWishes } from "../../cli/new/python";
import { freeRange, rangeIn } from "../../cli/new/range";
import { refusal } from "../../cli/new/refusal";
import { findRequirements, inputsOf, unreadable } from "../../cli/new/requirements";
import { additions } from "../../cli/new/server";
import { stackFile } from "../../cli/new/stackFile";
import { runtimeOf } from "../../infra/release/build";
import { lockedFor } from "../../infra/release/check";
import { Failed } from "../../tools/setup/process";

const runtime = runtimeOf("debian-13", "x86_64");

function folder(files: Readonly<Record<string, string>>, exclude: readonly string[] = []): Folder {
  return { paths: Object.keys(files).sort(), exclude, leftOut: [], read: (path) => files[path] };
}

const manage = (settings: string) => `import os\ndef main():\n    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "${settings}")\n`;
const wsgi = "import os\nfrom django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n";
const settings = 'INSTALLED_APPS = ["django.contrib.staticfiles", "shop"]\nSTATIC_URL = "static/"\nSECRET_KEY = "django-insecure-x"\n';
const shop = {
  "manage.py": manage("shop.settings"),
  "shop/__init__.py": "",
  "shop/settings.py": settings,
  "shop/wsgi.py": wsgi,
  "shop/asgi.py": "from django.core.asgi import get_asgi_application\napplication = get_asgi_application()\n",
  "requirements.txt": "Django>=5.2\n",
};

const chosen = (of: Folder, changes: Partial<Choices> = {}): Choices => {
  const application = find(of, {}).likeliest;
  if (application === undefined) throw new Error("no application");
  return {
    name: "shop",
    target: "local",
    domain: "",
    sshFrom: [],
    emails: [],
    application,
    health: find(of, {}).health,
    database: find(of, {}).database,
    env: {},
    range: "10.20.7.0/24",
    image: "debian-13",
    ...changes,
  };
};

/** The stack file for a folder, as `new` writes it, and what its checks make of it. */
function described(of: Folder, changes: Partial<Choices> = {}) {
  const { django, variables } = find(of, {});
  const made = design(of, chosen(of, changes), django, variables);
  const text = stackFile(made, "../shop");
  return { made, text, spec: parseDescription(text, made.name) };
}

describe("applications", () => {
  test.each([
    ["Django", shop, "shop.wsgi:application", "wsgi"],
    ["FastAPI in a package", { "app/main.py": "from fastapi import FastAPI\n\napp = FastAPI(\n    title='x')\n" }, "app.main:app", "asgi"],
    ["FastAPI with a type, below src", { "src/shop/server.py": "app: FastAPI = fastapi.FastAPI()\n" }, "shop.server:app", "asgi"],
    ["Starlette", { "web.py": "app = Starlette(routes=routes)\n" }, "web:app", "asgi"],
    ["Flask in a package's own file", { "shop/__init__.py": "app = flask.Flask(__name__)\n" }, "shop:app", "wsgi"],
  ])("%s", (_, files, module, kind) => {
    expect(find(folder(files), {}).likeliest).toMatchObject({ module, kind });
  });

  test("one that a function makes is none that a server can name", () => {
    expect(find(folder({ "app.py": "def create_app():\n    app = Flask(__name__)\n    return app\n" }), {}).applications).toEqual([]);
  });

  test("tests, documents and examples are passed over", () => {
    const found = find(
      folder({
        "main.py": "app = FastAPI()\n",
        "tests/main.py": "app = FastAPI()\n",
        "docs/tutorial/main.py": "app = FastAPI()\n",
        "test_x.py": "app = FastAPI()\n",
      }),
      {},
    );
    expect(found.applications.map(({ module }) => module)).toEqual(["main:app"]);
  });

  test("two that are as likely are a question, not a guess", () => {
    const two = find(folder({ "one/main.py": "app = FastAPI()\n", "two/main.py": "app = FastAPI()\n" }), {});
    expect([two.likeliest, two.applications.length]).toEqual([undefined, 2]);
  });

  test("a module that the person names must be in a file of the folder", () => {
    const of = folder({ "shop/serve.py": "from fastapi import FastAPI\napp = make()\n" });
    expect(named(of, find(of, {}), "shop.serve:app")).toEqual({
      kind: "asgi",
      framework: "Python",
      module: "shop.serve:app",
      file: "shop/serve.py",
    });
    expect(named(of, find(of, {}), "shop.none:app")).toBeUndefined();
  });

  test.each([
    ["src/shop/__init__.py", "shop"],
    ["shop/web/main.py", "shop.web.main"],
    ["app.py", "app"],
  ])("%s is the module %s", (path, module) => {
    expect(moduleOf(path)).toBe(module);
  });
});

describe("Django's settings", () => {
  const site = {
    "manage.py": manage("site1.settings.dev"),
    "site1/settings/__init__.py": "",
    "site1/settings/dev.py": "from .base import *\nDEBUG = True\nSECRET_KEY = 'x'\n",
    "site1/settings/production.py": "from .base import *\nimport os\nMAIL = os.environ['MAIL_HOST']\n",
    "site1/settings/base.py":
      'INSTALLED_APPS = [\n    "django.contrib.staticfiles",\n]\nSTATIC_URL = "/assets/"\nMEDIA_ROOT = BASE_DIR / "media"\nX = ' +
      'os.environ["STRIPE_API_KEY"]\n',
  };

  test("those of production are taken, with all that they take over from others", () => {
    expect(find(folder(site), {}).django).toEqual({
      settings: "site1.settings.production",
      staticUrl: "/assets/",
      staticRoot: "",
      uploads: true,
      secretKey: "DJANGO_SECRET_KEY",
      ready: false,
      variables: [
        { name: "MAIL_HOST", required: true },
        { name: "STRIPE_API_KEY", required: true },
      ],
    });
  });

  test("the person's own choice comes first", () => {
    expect(find(folder(site), { settings: "site1.settings.dev" }).django?.settings).toBe("site1.settings.dev");
  });

  test.each([
    ['SECRET_KEY = os.environ["APP_KEY"]\n', "APP_KEY"],
    ['SECRET_KEY = env("SECRET_KEY")\n', "SECRET_KEY"],
    ['SECRET_KEY = config(\n    "KEY_OF_DJANGO", default="x"\n)\n', "KEY_OF_DJANGO"],
    ['SECRET_KEY = "in the file"\n', "DJANGO_SECRET_KEY"],
  ])("the key of %j comes from %s", (line, name) => {
    expect(find(folder({ ...shop, "shop/settings.py": settings.replace(/SECRET_KEY.*\n/, line) }), {}).django?.secretKey).toBe(name);
  });

  test("settings that read what a host gives get nothing laid over them", () => {
    const own = `${settings}X = os.environ["SITE_HOSTS"]\nD = dj_database_url.config()\nSTATIC_ROOT = BASE_DIR / "collected"\n`;
    const { made, spec } = described(folder({ ...shop, "shop/settings.py": own }));
    expect([made.overlaid, spec.env, spec.static]).toEqual([
      false,
      { DJANGO_SETTINGS_MODULE: "shop.settings" },
      [{ url: "/static/", folder: "collected" }],
    ]);
  });

  test("the module laid over them says what differs on a host, and nothing that the app does not have", () => {
    const { django } = find(folder(site), {});
    if (django === undefined) throw new Error("no Django");
    const whole = overlay(django, true, "staticfiles");
    expect(whole).toContain("from site1.settings.production import *");
    expect(whole).toContain('SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]');
    expect(whole).toContain('os.path.abspath(__file__)), "staticfiles")');
    expect(whole).toContain('MEDIA_ROOT = "/srv/webstack/shared/data/media"');
    const bare = overlay({ ...django, uploads: false }, false, "");
    for (const word of ["DATABASES", "STATIC_ROOT", "MEDIA_ROOT", "{{"]) expect(bare).not.toContain(word);
  });
});

describe("variables", () => {
  test.each([
    ['os.environ["A"]', [{ name: "A", required: true }]],
    ['os.environ["A"] = "x"', []],
    ['os.environ["A"] == "x"', [{ name: "A", required: true }]],
    [
      'os.environ.get("A", "x"), os.getenv("B")',
      [
        { name: "A", required: false },
        { name: "B", required: false },
      ],
    ],
    [
      'env("A"), env.bool("B", default=False), config("C", cast=int)',
      [
        { name: "A", required: true },
        { name: "B", required: false },
        { name: "C", required: true },
      ],
    ],
    ["    # os.environ['A']", []],
    ["DATABASES = {'default': env.db()}", [{ name: "DATABASE_URL", required: false }]],
  ])("%s", (text, reads) => {
    expect(variablesOf([text])).toEqual(reads);
  });

  test("secrets become secrets, others must be answered", () => {
    const of = folder({
      ...shop,
      "shop/settings.py": `${settings}import os\nA = os.environ["STRIPE_API_KEY"]\nB = os.environ["MAIL_HOST"]\nC = os.environ["DATABASE_URL"]\n`,
    });
    expect(described(of, { env: { MAIL_HOST: "mx" } }).spec).toMatchObject({
      secrets: ["DJANGO_SECRET_KEY", "STRIPE_API_KEY"],
      env: { MAIL_HOST: "mx" },
    });
    expect(unanswered(find(of, {}).variables, {})).toEqual(["MAIL_HOST"]);
  });
});

describe("requirements", () => {
  const locked = { "pyproject.toml": '[project]\ndependencies = ["foo"]\n', "uv.lock": "version = 1\n", "setup.cfg": "[flake8]\n" };

  test.each<[string, Readonly<Record<string, string>>, string | undefined]>([
    [
      "those of production before those of everything",
      { "requirements.txt": "", "requirements/production.txt": "" },
      "requirements/production.txt",
    ],
    ["a lock before what it was made of", locked, "uv.lock"],
    ["Poetry's lock", { "pyproject.toml": "[tool.poetry]\n", "poetry.lock": "" }, "poetry.lock"],
    ["Pipenv's lock", { Pipfile: "", "Pipfile.lock": "{}" }, "Pipfile.lock"],
    ["a project that names packages", { "pyproject.toml": "[project]\ndependencies = []\n", "setup.py": "setup()" }, "pyproject.toml"],
    ["not one that only sets a linter", { "pyproject.toml": "[tool.black]\n", "setup.py": "setup()" }, "setup.py"],
    ["setup.cfg", { "setup.cfg": "[options]\ninstall_requires =\n    foo\n" }, "setup.cfg"],
    ["nothing in a setup.cfg of linters", { "setup.cfg": "[flake8]\n" }, undefined],
    ["nothing of a lock without its project", { "poetry.lock": "" }, undefined],
  ])("are taken from %s", (_, files, from) => {
    expect(findRequirements(folder(files))).toBe(from);
  });

  test("a file that the person names comes first, and must be there", () => {
    const of = folder({ "requirements.txt": "a\n", "deploy/req.txt": "b\n" });
    expect([findRequirements(of, "deploy/req.txt"), findRequirements(of, "none.txt")]).toEqual(["deploy/req.txt", undefined]);
  });

  test("a file that is no TOML is refused in one line that says where", () => {
    for (const read of [
      () => findRequirements(folder({ "pyproject.toml": "[project]\nname = shop\n" })),
      () => pythonWishes(folder({ "pyproject.toml": "[project]\nname = shop\n" }), "requirements.txt"),
    ]) {
      expect(read).toThrow(/^pyproject\.toml: must be TOML, which line 2 is not: [^\n]+; mend it$/);
    }
  });

  test("what is of another tool is named", () => {
    expect(unreadable(folder({ Pipfile: "" }))).toBe("Pipfile has no Pipfile.lock beside it; pipenv lock writes it");
    expect(unreadable(folder({ "environment.yml": "" }))).toBe(
      "environment.yml is for conda, whose packages no host has; name those of PyPI in requirements.txt",
    );
    expect(unreadable(folder({}))).toBeUndefined();
  });

  test("what decides is the text of a file and of all that it includes, however that is written", () => {
    const of = folder({
      "requirements.txt": '-r "base.txt"\r\n# x\r\n-c=limits/c.txt\nfoo==1 \\\n    --hash=sha256:ab  # why\n',
      "base.txt": "-r requirements.txt\nbar\n",
      "limits/c.txt": "foo<2\n--constraint ../base.txt\n",
    });
    expect(inputsOf(of, "requirements.txt")).toEqual([
      '-r "base.txt"',
      "-r requirements.txt",
      "bar",
      "-c=limits/c.txt",
      "foo<2",
      "--constraint ../base.txt",
      "foo==1      --hash=sha256:ab",
    ]);
  });

  test("of a project it is what it asks for, not how its linters are set", () => {
    const of = (more: string, lock = "") =>
      inputsOf(folder({ "pyproject.toml": `[project]\ndependencies = ["foo"]\n${more}`, "uv.lock": lock }), "uv.lock");
    expect(of("[tool.ruff]\nline-length = 9\n")).toEqual(of(""));
    expect(of('[tool.uv.sources]\nfoo = { git = "https://x.example/foo" }\n')).not.toEqual(of(""));
    expect(of("", "version = 2")).not.toEqual(of(""));
  });

  test("of a project whose build tool reads it elsewhere it is that, too", () => {
    const changes = (from: string, files: Readonly<Record<string, string>>, name: string) => {
      const [before, after] = [files, { ...files, [name]: `${files[name] ?? ""}more\n` }].map((one) => inputsOf(folder(one), from));
      return JSON.stringify(before) !== JSON.stringify(after);
    };
    const told = {
      "pyproject.toml":
        '[project]\nname = "shop"\ndynamic = ["dependencies", "readme"]\n[tool.setuptools.dynamic]\nreadme = { file = ["README.md"] }\n' +
        'dependencies = { file = ["needs.txt"] }\noptional-dependencies.web = { file = "web.txt" }\n',
      "README.md": "",
      "web.txt": "",
      "setup.py": "setup()\n",
      "needs.txt": "-r base.txt\n",
      "base.txt": "flask\n",
      "other.txt": "",
    };
    const hatch = {
      "pyproject.toml":
        '[project]\nname = "shop"\ndynamic = ["dependencies"]\n[tool.hatch.metadata.hooks.requirements_txt]\nfiles = ["needs.txt"]\n',
      "needs.txt": "flask\n",
    };
    const setup = { "setup.py": "setup(install_requires=open('needs/base.txt').read())\n", "needs/base.txt": "flask\n", "other.txt": "" };
    const itself = { ...setup, "requirements.txt": "gunicorn\n-e .[web]\n" };
    const changing = ["needs.txt", "base.txt", "web.txt", "setup.py", "other.txt", "README.md"].filter((name) =>
      changes("pyproject.toml", told, name),
    );
    expect(changing).toEqual(["needs.txt", "base.txt", "web.txt", "setup.py"]);
    expect(changes("pyproject.toml", hatch, "needs.txt")).toBe(true);
    expect(["setup.py", "needs/base.txt", "other.txt"].map((name) => changes("setup.py", setup, name))).toEqual([true, true, false]);
    expect(["setup.py", "needs/base.txt", "other.txt"].map((name) => changes("requirements.txt", itself, name))).toEqual([
      true,
      true,
      false,
    ]);
    expect(changes("requirements.txt", { ...setup, "requirements.txt": "gunicorn\n" }, "setup.py")).toBe(false);
  });

  test("nor of which version it is itself, nor how a box ends its lines", () => {
    const of = (version: string, other = "1") =>
      inputsOf(
        folder({
          "pyproject.toml": `[project]\nname = "My_Shop"\nversion = "${version}"\ndescription = "of ${version}"\ndependencies = ["foo"]\n`,
          "uv.lock":
            `version = 1\n\n[[package]]\nname = "foo"\nversion = "${other}"\nsource = { registry = "https://x.example/simple" ` +
            `}\n\n[[package]]\nname = "my-shop"\nversion = "${version}"\nsource = { virtual = "." }\n`,
        }),
        "uv.lock",
      );
    expect(of("2")).toEqual(of("1"));
    expect(of("1", "2")).not.toEqual(of("1"));
    for (const name of ["setup.py", "Pipfile.lock"])
      expect(inputsOf(folder({ [name]: "a\r\nb\r\n" }), name)).toEqual(inputsOf(folder({ [name]: "a\nb\n" }), name));
  });

  test("what a host needs is added only where nothing brings it", () => {
    const added = (kind: "wsgi" | "asgi", framework: string, packages: Readonly<Record<string, string>>, database = true) =>
      additions({ kind, framework, module: "a:b", file: "a.py" }, new Map(Object.entries(packages)), database).map(
        ({ requirement }) => requirement,
      );
    expect(added("wsgi", "Django", { django: "5.2" })).toEqual(["gunicorn", "psycopg[binary]", "tzdata"]);
    expect(added("wsgi", "Django", { django: "5.2" }, false)).toEqual(["gunicorn", "tzdata"]);
    expect(added("wsgi", "Django", { django: "4.1.13" })).toContain("psycopg2-binary");
    expect(added("wsgi", "Django", { django: "5", gunicorn: "23", "psycopg2-binary": "2", tzdata: "1" })).toEqual([]);
    expect(added("wsgi", "Django", { django: "5", gunicorn: "23", psycopg: "3", tzdata: "1" })).toEqual(["psycopg[binary]"]);
    expect(added("asgi", "FastAPI", { uvicorn: "0.30" })).toEqual(["gunicorn", "uvicorn-worker"]);
  });

  test("a lock has each wheel with its hash, by name, the indexes that it comes from and what it was made of", () => {
    const [hash, other] = ["a".repeat(64), "b".repeat(64)];
    const one = (name: string, version: string) => ({ name, version, wheels: [{ url: "", hashes: { sha256: hash } }] });
    const wheel = { file: "baz-3-py3-none-any.whl", name: "baz", version: "3", sha256: other, bytes: Buffer.alloc(0) };
    const text = lockText(
      "requirements.txt",
      "0123456789abcdef",
      ["libs/baz"],
      ["https://x.example/simple"],
      [one("foo", "1"), one("Bar_z", "2")],
      [wheel],
      runtime,
    );
    expect(text.split("\n")).toEqual([
      "# Wheels for Python 3.13 on Linux x86_64, chosen by uv from requirements.txt; what a host installs, and nothing else.",
      "# Made by `npm run new`; `npm run new -- --lock` chooses anew.",
      "# Made of: 0123456789abcdef libs/baz",
      "--extra-index-url https://x.example/simple",
      "bar-z==2 \\",
      `    --hash=sha256:${hash}`,
      "baz==3 \\",
      `    --hash=sha256:${other}`,
      "foo==1 \\",
      `    --hash=sha256:${hash}`,
      "",
    ]);
    expect([lockedFor(text), [...lockedPackages(text)]]).toEqual([
      "3.13",
      [
        ["bar-z", "2"],
        ["baz", "3"],
        ["foo", "1"],
      ],
    ]);
  });
});

describe("the Python that a project asks for", () => {
  test.each([
    [">=3.12", false, true],
    [">=3.11,<3.13", true, false],
    ["^3.11", true, true],
    ["~3.11", true, false],
    ["~=3.11", true, true],
    ["~=3.13.0", false, true],
    ["==3.13.*", false, true],
    ["!=3.11.*", false, true],
    ["<3.12 || >=3.13.5", true, true],
    ["3.11.2", true, false],
    [">3.13.5", false, false],
    [">= 3.11 < 4", true, true],
    ["*", true, true],
  ])("%s", (says, twelve, thirteen) => {
    expect([allows(says, "3.11.2"), allows(says, "3.13.5")]).toEqual([twelve, thirteen]);
  });

  test("stands in many places, of which a developer's own version is the least", () => {
    const of = folder({
      "pyproject.toml": '[project]\nrequires-python = ">=3.10"\n[tool.poetry.dependencies]\npython = "^3.9"\n',
      ".python-version": "3.12.4\n",
      "runtime.txt": "python-3.11.9\n",
      Pipfile: '[requires]\npython_version = "3.8"\n',
    });
    expect(pythonWishes(of, "requirements.txt").map(({ from, says }) => `${from} ${says}`)).toEqual([
      "requires-python of pyproject.toml >=3.10",
      "python of pyproject.toml ^3.9",
      ".python-version >=3.12",
      "runtime.txt >=3.11",
      "Pipfile >=3.8",
    ]);
    expect([
      imageFor([{ from: "", says: ">=3.12" }], "debian-12"),
      imageFor([{ from: "", says: ">=3.10" }], "debian-12"),
      imageFor([{ from: "", says: ">=3.14" }], "debian-12"),
    ]).toEqual(["debian-13", "debian-12", undefined]);
  });
});

describe("what a tool refuses is one line with its cause and its mend", () => {
  test.each([
    [
      "error: No solution found when resolving dependencies\n  cause: Because flask==2 depends on werkzeug>=2 and you require " +
        "flask==2, we can conclude that you require werkzeug>=2.\n         And because you require werkzeug<2, we can conclude that " +
        "your requirements are unsatisfiable.",
      "Because flask==2 depends on werkzeug>=2 and you require flask==2, we can conclude that you require werkzeug>=2. And because " +
        "you require werkzeug<2; change what is asked for until the two agree",
    ],
    [
      "error: Request failed after 3 retries in 9.0s\n  cause: Failed to fetch: https://x.example/simple/a/\n  cause: dns error\n  " +
        "cause: failed to lookup address",
      "Failed to fetch: https://x.example/simple/a/: failed to lookup address; the index must answer here; its password comes from " +
        "~/.netrc or UV_INDEX, see docs/own-app.md",
    ],
    [
      "error: Failed to download and build `a @ git+https://x.example/a`\n  cause: Git operation failed\n  cause: process didn't " +
        "exit successfully: `git fetch` (exit status: 128)\n         --- stderr\n         fatal: unable to access " +
        "'https://x.example/a/'",
      "Failed to download and build `a @ git+https://x.example/a`: unable to access 'https://x.example/a/'; a git source must be " +
        "reachable from here: git ls-remote tries",
    ],
    [
      "warning: x\nerror: Error parsing included file in `r.txt` at position 0\n  cause: failed to read from file `/app/b.txt`: No " +
        "such file or directory",
      "Error parsing included file in `r.txt` at position 0: failed to read from file `b.txt`: No such file or directory; put the " +
        "file there, or take the line out",
    ],
  ])("%s", (said, line) => {
    expect(refusal("r.txt", "/app", new Failed(`uv pip failed:\n${said}`, 1))).toBe(`r.txt: no set of packages fits the hosts: ${line}`);
  });
});

describe("the stack file", () => {
  test("of a Django project passes its own checks and says everything once", () => {
    const { spec, text } = described(folder(shop, ["venv/"]));
    expect(spec).toMatchObject({
      stack: "shop",
      target: "local",
      app: { name: "shop", source: "../shop", requirements: "webstack_requirements.txt", exclude: ["venv/"] },
      services: [{ name: "web", kind: "wsgi", module: "shop.wsgi:application", health: { path: "/" } }],
      static: [{ url: "/static/", folder: "staticfiles" }],
      env: { DJANGO_SETTINGS_MODULE: "webstack_settings" },
      secrets: ["DJANGO_SECRET_KEY"],
      release: {
        steps: [
          { name: "migrate", command: ["python", "manage.py", "migrate", "--noinput"] },
          { name: "static", command: ["python", "manage.py", "collectstatic", "--noinput"] },
        ],
      },
      database: { kind: "managed", engine: "postgres" },
      backup: { enabled: false },
      network: { range: "10.20.7.0/24" },
    });
    expect(text.split("\n").filter((line) => line.trim().startsWith("#")).length).toBeGreaterThan(8);
  });

  test("of an app that takes uploads keeps them in its backups", () => {
    expect(described(folder({ ...shop, "shop/settings.py": `${settings}MEDIA_ROOT = "/m"\n` })).spec.backup).toMatchObject({
      enabled: true,
      paths: ["media"],
    });
  });

  test.each([
    ["one with nothing but its administration", "    path('staff/', admin.site.urls),", "/staff/login/"],
    ["one with a front page", "    path('admin/', admin.site.urls),\n    path('', views.home),", "/"],
    ["one with the pages of an app", "    path('admin/', admin.site.urls), path('shop/', include('shop.urls')),", "/"],
    ["one with a health page", "    path('admin/', admin.site.urls),\n    path('healthz', views.health),", "/healthz"],
    ["one without an administration", "    path('shop/', views.shop),", "/"],
  ])("of %s has a page that is there", (_, routes, health) => {
    expect(
      find(
        folder({
          ...shop,
          "shop/urls.py": `"""\n    2. Add a URL to urlpatterns:  path('', views.home, name='home')\n"""\nurlpatterns = [\n${routes}\n]\n`,
        }),
        {},
      ).health,
    ).toBe(health);
  });

  test("of a FastAPI app below src has no database, its own health page and the folder that Python looks in", () => {
    const { spec } = described(
      folder({
        "src/shop/main.py": 'app = FastAPI()\n@app.get("/health")\ndef health(): ...\n',
        "pyproject.toml": '[project]\ndependencies = ["fastapi"]\n',
      }),
    );
    expect(spec).toMatchObject({
      services: [{ kind: "asgi", module: "shop.main:app", health: { path: "/health" } }],
      database: { kind: "none" },
      env: { PYTHONPATH: "src" },
      secrets: [],
      static: [],
    });
  });

  test("for a cloud has domain and networks, and nothing of this box", () => {
    const { spec, text } = described(folder(shop), {
      target: "digitalocean",
      domain: "shop.example",
      sshFrom: ["203.0.113.7/32"],
      emails: ["ops@shop.example"],
    });
    expect(spec).toMatchObject({
      monitoring: { emails: ["ops@shop.example"] },
      site: { domain: "shop.example", tls: "letsencrypt" },
      access: { sshFrom: ["203.0.113.7/32"] },
      backup: { enabled: true },
      host: { size: "s-1vcpu-2gb" },
    });
    expect(text).not.toContain("npm run up");
  });

  test("with values that nobody can mean is refused with all that is wrong, before it is written", () => {
    const wrong = () => described(folder(shop), { name: "Shop!", health: "no path", range: "8.8.8.0/24" });
    expect(wrong).toThrow("Pulumi.Shop!.yaml: 3 problems");
  });

  test("survives names that YAML would read as something else", () => {
    const { text } = described(folder(shop), { env: { A: "yes", B: "1", C: 'a "b": #c' } });
    expect((parse(text) as { config: Record<string, unknown> }).config["webstack:env"]).toEqual({
      DJANGO_SETTINGS_MODULE: "webstack_settings",
      A: "yes",
      B: "1",
      C: 'a "b": #c',
    });
  });
});

test.each([
  ["/home/me/My Shop", "my-shop"],
  ["/x/2048", "app"],
  ["/x/a-very-long-name-of-a-folder", "a-very-long-name-of"],
])("the folder %s proposes the stack %s", (root, name) => {
  expect(stackName(root)).toBe(name);
});

test("the first free network is taken", () => {
  expect([
    freeRange([]),
    freeRange(["10.20.0.0/24", "10.20.1.1/24"]),
    freeRange(Array.from({ length: 256 }, (_, i) => `10.20.${i}.0/24`)),
  ]).toEqual(["10.20.0.0/24", "10.20.2.0/24", undefined]);
});

test.each([
  ["config:\n  webstack:network:\n    range: 10.9.0.0/24\n", "10.9.0.0/24"],
  ["config:\n  webstack:target: local\n", "10.20.0.0/24"],
  ["", undefined],
  ["config:\n", undefined],
  ["encryptionsalt: v1:a\n", undefined],
  ["config: [", undefined],
  ["text", undefined],
])("the network of another stack's file %j is %j", (text, range) => {
  expect(rangeIn(text)).toBe(range);
});

test("unknown flags and values without a name are refused", () => {
  expect(() => readFlags(["--nmae", "x"])).toThrow(/Unknown option '--nmae'[\s\S]*npm run new -- --app FOLDER/);
  expect(readEnv(["A=b=c"])).toEqual({ A: "b=c" });
  expect(() => readEnv(["A"])).toThrow('--env: must be NAME=VALUE, got "A"');
});
