import { parse } from "yaml";
import { parseDescription } from "../../cli/description";
import { readEnv, readFlags } from "../../cli/new/answers";
import { design, unanswered, type Choices } from "../../cli/new/design";
import { variablesOf } from "../../cli/new/environment";
import { find, named, stackName } from "../../cli/new/found";
import { moduleOf, type Folder } from "../../cli/new/folder";
import { lockText, pipRefused } from "../../cli/new/lock";
import { overlay } from "../../cli/new/overlay";
import { freeRange, rangeIn } from "../../cli/new/range";
import { findRequirements } from "../../cli/new/requirements";
import { stackFile } from "../../cli/new/stackFile";
import { runtimeOf } from "../../infra/release/build";

const runtime = runtimeOf("debian-13", "x86_64");

function folder(files: Readonly<Record<string, string>>, exclude: readonly string[] = []): Folder {
  return { paths: Object.keys(files).sort(), exclude, read: (path) => files[path] };
}

const manage = (settings: string) => `import os\ndef main():\n    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "${settings}")\n`;
const wsgi = "import os\nfrom django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n";
const settings = 'INSTALLED_APPS = ["django.contrib.staticfiles", "shop"]\nSTATIC_URL = "static/"\nSECRET_KEY = "django-insecure-x"\n';
const shop = { "manage.py": manage("shop.settings"), "shop/__init__.py": "", "shop/settings.py": settings, "shop/wsgi.py": wsgi, "shop/asgi.py": "from django.core.asgi import get_asgi_application\napplication = get_asgi_application()\n", "requirements.txt": "Django>=5.2\n" };

const chosen = (of: Folder, changes: Partial<Choices> = {}): Choices => {
  const application = find(of, {}).likeliest;
  if (application === undefined) throw new Error("no application");
  return { name: "shop", target: "local", domain: "", sshFrom: [], emails: [], application, health: find(of, {}).health, database: find(of, {}).database, env: {}, range: "10.20.7.0/24", image: "debian-13", ...changes };
};

/** The stack file for a folder, as `new` writes it, and what its checks make of it. */
function described(of: Folder, changes: Partial<Choices> = {}) {
  const { django, variables, requirements } = find(of, {});
  if (requirements === undefined) throw new Error("no requirements");
  const made = design(of, chosen(of, changes), django, variables, requirements);
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
    const found = find(folder({ "main.py": "app = FastAPI()\n", "tests/main.py": "app = FastAPI()\n", "docs/tutorial/main.py": "app = FastAPI()\n", "test_x.py": "app = FastAPI()\n" }), {});
    expect(found.applications.map(({ module }) => module)).toEqual(["main:app"]);
  });

  test("two that are as likely are a question, not a guess", () => {
    const two = find(folder({ "one/main.py": "app = FastAPI()\n", "two/main.py": "app = FastAPI()\n" }), {});
    expect([two.likeliest, two.applications.length]).toEqual([undefined, 2]);
  });

  test("a module that the person names must be in a file of the folder", () => {
    const of = folder({ "shop/serve.py": "from fastapi import FastAPI\napp = make()\n" });
    expect(named(of, find(of, {}), "shop.serve:app")).toEqual({ kind: "asgi", framework: "Python", module: "shop.serve:app", file: "shop/serve.py" });
    expect(named(of, find(of, {}), "shop.none:app")).toBeUndefined();
  });

  test.each([["src/shop/__init__.py", "shop"], ["shop/web/main.py", "shop.web.main"], ["app.py", "app"]])("%s is the module %s", (path, module) => {
    expect(moduleOf(path)).toBe(module);
  });
});

describe("Django's settings", () => {
  const site = {
    "manage.py": manage("site1.settings.dev"), "site1/settings/__init__.py": "", "site1/settings/dev.py": "from .base import *\nDEBUG = True\nSECRET_KEY = 'x'\n",
    "site1/settings/production.py": "from .base import *\nimport os\nMAIL = os.environ['MAIL_HOST']\n",
    "site1/settings/base.py": 'INSTALLED_APPS = [\n    "django.contrib.staticfiles",\n]\nSTATIC_URL = "/assets/"\nMEDIA_ROOT = BASE_DIR / "media"\nX = os.environ["STRIPE_API_KEY"]\n',
  };

  test("those of production are taken, with all that they take over from others", () => {
    expect(find(folder(site), {}).django).toEqual({
      settings: "site1.settings.production", staticUrl: "/assets/", staticRoot: "", uploads: true, secretKey: "DJANGO_SECRET_KEY", ready: false,
      variables: [{ name: "MAIL_HOST", required: true }, { name: "STRIPE_API_KEY", required: true }],
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
    expect([made.overlaid, spec.env, spec.static]).toEqual([false, { DJANGO_SETTINGS_MODULE: "shop.settings" }, [{ url: "/static/", folder: "collected" }]]);
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
    ['os.environ.get("A", "x"), os.getenv("B")', [{ name: "A", required: false }, { name: "B", required: false }]],
    ['env("A"), env.bool("B", default=False), config("C", cast=int)', [{ name: "A", required: true }, { name: "B", required: false }, { name: "C", required: true }]],
    ["    # os.environ['A']", []],
    ["DATABASES = {'default': env.db()}", [{ name: "DATABASE_URL", required: false }]],
  ])("%s", (text, reads) => {
    expect(variablesOf([text])).toEqual(reads);
  });

  test("secrets become secrets, others must be answered", () => {
    const of = folder({ ...shop, "shop/settings.py": `${settings}import os\nA = os.environ["STRIPE_API_KEY"]\nB = os.environ["MAIL_HOST"]\nC = os.environ["DATABASE_URL"]\n` });
    expect(described(of, { env: { MAIL_HOST: "mx" } }).spec).toMatchObject({ secrets: ["DJANGO_SECRET_KEY", "STRIPE_API_KEY"], env: { MAIL_HOST: "mx" } });
    expect(unanswered(find(of, {}).variables, {})).toEqual(["MAIL_HOST"]);
  });
});

describe("requirements", () => {
  test("a file with hashes, and what it names with -r", () => {
    const of = folder({ "requirements.txt": "-r requirements/base.txt\n# x\nfoo==1 \\\n    --hash=sha256:ab\n", "requirements/base.txt": "--index-url https://x.example/\nbar==2 --hash=sha256:cd\n" });
    expect(findRequirements(of)).toEqual({ from: "requirements.txt", hashed: true, lines: ["bar==2", "foo==1"], constraints: [] });
  });

  test("one line without a hash, and pip must choose", () => {
    expect(findRequirements(folder({ "requirements.txt": "foo==1 --hash=sha256:ab\nbar\n" }))).toMatchObject({ hashed: false, lines: ["foo==1", "bar"] });
  });

  test("pyproject.toml, with the versions of uv.lock but those that differ by platform", () => {
    const lock = ["foo", "1", "bar", "2", "bar", "3"];
    const packages = [0, 2, 4].map((i) => `[[package]]\nname = "${lock[i] ?? ""}"\nversion = "${lock[i + 1] ?? ""}"\nsource = { registry = "https://pypi.org/simple" }\n`).join("\n");
    const own = '[[package]]\nname = "shop"\nversion = "0.1"\nsource = { editable = "." }\n';
    expect(findRequirements(folder({ "pyproject.toml": '[project]\ndependencies = ["foo", "bar>=2"]\n', "uv.lock": packages + own }))).toEqual({
      from: "pyproject.toml", hashed: false, lines: ["foo", "bar>=2"], constraints: ["foo==1"],
    });
  });

  test("Poetry's own names with the versions of its lock file; without one pip would not know its ranges", () => {
    const toml = '[tool.poetry.dependencies]\npython = "^3.11"\nfoo = "^1"\n';
    expect(findRequirements(folder({ "pyproject.toml": toml, "poetry.lock": '[[package]]\nname = "foo"\nversion = "1.4"\n' }))).toMatchObject({ lines: ["foo"], constraints: ["foo==1.4"] });
    expect(findRequirements(folder({ "pyproject.toml": toml }))).toBeUndefined();
  });

  test("setup.cfg", () => {
    expect(findRequirements(folder({ "setup.cfg": "[options]\npackages = find:\ninstall_requires =\n    foo>=1\n    # no\n    bar; python_version < '4'\nzip_safe = no\n" }))).toMatchObject({
      from: "setup.cfg", lines: ["foo>=1", "bar; python_version < '4'"],
    });
  });

  test("a file that the person names, and nothing at all", () => {
    expect(findRequirements(folder({ "requirements.txt": "a\n", "deploy/req.txt": "b\n" }), "deploy/req.txt")).toMatchObject({ from: "deploy/req.txt", lines: ["b"] });
    expect(findRequirements(folder({ "requirements.txt": "a\n" }), "none.txt")).toBeUndefined();
    expect(findRequirements(folder({}))).toBeUndefined();
  });

  test("what a host needs is added only where the app does not name it", () => {
    const added = (lines: string) => described(folder({ ...shop, "requirements.txt": lines })).made;
    expect(added("Django\n").additions.map(({ requirement }) => requirement)).toEqual(["gunicorn", "psycopg[binary]", "tzdata"]);
    expect(added("Django\nGunicorn\npsycopg2_binary\ntzdata\n").additions).toEqual([]);
    expect(added("Django\ngunicorn\npsycopg\ntzdata\n").additions.map(({ requirement }) => requirement)).toEqual(["psycopg[binary]"]);
    const hashes = "Django==5 --hash=sha256:a\ngunicorn==2 --hash=sha256:b\npsycopg[binary]==3 --hash=sha256:c\ntzdata==1 --hash=sha256:d\n";
    expect([added(hashes).requirements, added("Django==5 --hash=sha256:a\n").requirements]).toEqual(["requirements.txt", "webstack_requirements.txt"]);
    const api = folder({ "main.py": "app = FastAPI()\n", "requirements.txt": "fastapi\nuvicorn[standard]\n" });
    expect(described(api).made.additions.map(({ requirement }) => requirement)).toEqual(["gunicorn", "uvicorn-worker"]);
  });

  test("a lock has each wheel with its hash, by name", () => {
    const one = (name: string, version: string) => ({ metadata: { name, version }, download_info: { url: "", archive_info: { hashes: { sha256: "ab" } } } });
    expect(lockText("requirements.txt", ["foo", "Bar"], { install: [one("foo", "1"), one("Bar", "2")] }, runtime).split("\n").slice(3)).toEqual(["bar==2 \\", "    --hash=sha256:ab", "foo==1 \\", "    --hash=sha256:ab", ""]);
    const bare = { metadata: { name: "foo", version: "1" }, download_info: { url: "git+https://x.example/foo" } };
    expect(() => lockText("requirements.txt", ["foo"], { install: [bare] }, runtime)).toThrow("requirements.txt: foo 1 comes without a SHA-256; take it from a package index");
  });

  test("what pip refuses is said without its list of every version", () => {
    const said = "ERROR: Ignored the following versions that require a different python version: 6.1 Requires-Python >=3.12\nERROR: Could not find a version that satisfies the requirement Django<6.2,>=6.1 (from versions: 1.0, 5.2)\nERROR: No matching distribution found for Django<6.2,>=6.1";
    expect(pipRefused("requirements.txt", said, runtimeOf("debian-12", "x86_64"))).toBe(
      "requirements.txt: must have wheels for Python 3.11 on Linux x86_64, got from pip: Could not find a version that satisfies the requirement Django<6.2,>=6.1 No matching distribution found for Django<6.2,>=6.1; newer versions ask for Python >=3.12, and hosts have 3.11",
    );
    expect(pipRefused("r", "ERROR: No matching distribution found for psycopg2", runtime)).toMatch(/; psycopg2 has no wheel, psycopg2-binary has$/);
  });
});

describe("the stack file", () => {
  test("of a Django project passes its own checks and says everything once", () => {
    const { spec, text } = described(folder(shop, ["venv/"]));
    expect(spec).toMatchObject({
      stack: "shop", target: "local", app: { name: "shop", source: "../shop", requirements: "webstack_requirements.txt", exclude: ["venv/"] },
      services: [{ name: "web", kind: "wsgi", module: "shop.wsgi:application", health: { path: "/" } }],
      static: [{ url: "/static/", folder: "staticfiles" }], env: { DJANGO_SETTINGS_MODULE: "webstack_settings" }, secrets: ["DJANGO_SECRET_KEY"],
      release: { steps: [{ name: "migrate", command: ["python", "manage.py", "migrate", "--noinput"] }, { name: "static", command: ["python", "manage.py", "collectstatic", "--noinput"] }] },
      database: { kind: "managed", engine: "postgres" }, backup: { enabled: false }, network: { range: "10.20.7.0/24" },
    });
    expect(text.split("\n").filter((line) => line.trim().startsWith("#")).length).toBeGreaterThan(8);
  });

  test("of an app that takes uploads keeps them in its backups", () => {
    expect(described(folder({ ...shop, "shop/settings.py": `${settings}MEDIA_ROOT = "/m"\n` })).spec.backup).toMatchObject({ enabled: true, paths: ["media"] });
  });

  test.each([
    ["one with nothing but its administration", "    path('staff/', admin.site.urls),", "/staff/login/"],
    ["one with a front page", "    path('admin/', admin.site.urls),\n    path('', views.home),", "/"],
    ["one with the pages of an app", "    path('admin/', admin.site.urls), path('shop/', include('shop.urls')),", "/"],
    ["one with a health page", "    path('admin/', admin.site.urls),\n    path('healthz', views.health),", "/healthz"],
    ["one without an administration", "    path('shop/', views.shop),", "/"],
  ])("of %s has a page that is there", (_, routes, health) => {
    expect(find(folder({ ...shop, "shop/urls.py": `"""\n    2. Add a URL to urlpatterns:  path('', views.home, name='home')\n"""\nurlpatterns = [\n${routes}\n]\n` }), {}).health).toBe(health);
  });

  test("of a FastAPI app below src has no database, its own health page and the folder that Python looks in", () => {
    const { spec } = described(folder({ "src/shop/main.py": 'app = FastAPI()\n@app.get("/health")\ndef health(): ...\n', "pyproject.toml": '[project]\ndependencies = ["fastapi"]\n' }));
    expect(spec).toMatchObject({ services: [{ kind: "asgi", module: "shop.main:app", health: { path: "/health" } }], database: { kind: "none" }, env: { PYTHONPATH: "src" }, secrets: [], static: [] });
  });

  test("for a cloud has domain and networks, and nothing of this box", () => {
    const { spec, text } = described(folder(shop), { target: "digitalocean", domain: "shop.example", sshFrom: ["203.0.113.7/32"], emails: ["ops@shop.example"] });
    expect(spec).toMatchObject({ monitoring: { emails: ["ops@shop.example"] }, site: { domain: "shop.example", tls: "letsencrypt" }, access: { sshFrom: ["203.0.113.7/32"] }, backup: { enabled: true }, host: { size: "s-1vcpu-2gb" } });
    expect(text).not.toContain("npm run up");
  });

  test("with values that nobody can mean is refused with all that is wrong, before it is written", () => {
    const wrong = () => described(folder(shop), { name: "Shop!", health: "no path", range: "8.8.8.0/24" });
    expect(wrong).toThrow("Pulumi.Shop!.yaml: 3 problems");
  });

  test("survives names that YAML would read as something else", () => {
    const { text } = described(folder(shop), { env: { A: "yes", B: "1", C: 'a "b": #c' } });
    expect((parse(text) as { config: Record<string, unknown> }).config["webstack:env"]).toEqual({ DJANGO_SETTINGS_MODULE: "webstack_settings", A: "yes", B: "1", C: 'a "b": #c' });
  });
});

test.each([["/home/me/My Shop", "my-shop"], ["/x/2048", "app"], ["/x/a-very-long-name-of-a-folder", "a-very-long-name-of"]])("the folder %s proposes the stack %s", (root, name) => {
  expect(stackName(root)).toBe(name);
});

test("the first free network is taken", () => {
  expect([freeRange([]), freeRange(["10.20.0.0/24", "10.20.1.1/24"]), freeRange(Array.from({ length: 256 }, (_, i) => `10.20.${i}.0/24`))]).toEqual(["10.20.0.0/24", "10.20.2.0/24", undefined]);
});

test.each([
  ["config:\n  webstack:network:\n    range: 10.9.0.0/24\n", "10.9.0.0/24"], ["config:\n  webstack:target: local\n", "10.20.0.0/24"],
  ["", undefined], ["config:\n", undefined], ["encryptionsalt: v1:a\n", undefined], ["config: [", undefined], ["text", undefined],
])("the network of another stack's file %j is %j", (text, range) => {
  expect(rangeIn(text)).toBe(range);
});

test("unknown flags and values without a name are refused", () => {
  expect(() => readFlags(["--nmae", "x"])).toThrow(/Unknown option '--nmae'[\s\S]*npm run new -- --app FOLDER/);
  expect(readEnv(["A=b=c"])).toEqual({ A: "b=c" });
  expect(() => readEnv(["A"])).toThrow('--env: must be NAME=VALUE, got "A"');
});
