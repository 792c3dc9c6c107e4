/** What the documents for contributors name is there. Limit: whether a sentence is true of what it names, people read. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { importPicture, withoutLongWays } from "../../cli/architecture/picture";
import { planStack } from "../../infra/plan";
import { project } from "../../tools/setup/folders";
import { spec } from "../config/baseline";

const documents = ["docs/architecture.md", "CONTRIBUTING.md", "SECURITY.md", ".github/pull_request_template.md"];
const text = (path: string): string => readFileSync(join(project, path), "utf8");
const { scripts } = JSON.parse(text("package.json")) as { readonly scripts: Readonly<Record<string, string>> };

describe.each(documents)("%s", (document) => {
  test("links to files that are there", () => {
    const links = [...text(document).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, link = ""]) => link);
    expect(links.filter((link) => !link.startsWith("https:") && !existsSync(join(project, dirname(document), link)))).toEqual([]);
  });

  test("names files and folders that are there", () => {
    // A file without a folder before it stands in the folder that its sentence is about.
    const named = [...text(document).matchAll(/`([\w.-]+\/[\w./-]+)`|(?<![`\w/(])((?:docs|hostctl)\/[\w./-]+\.md)/g)];
    const paths = named.map(([, code, plain]) => code ?? plain ?? "");
    expect(paths.filter((path) => path !== "cli/VERB.ts" && !existsSync(join(project, path)))).toEqual([]);
  });

  test("names commands that there are", () => {
    const verbs = [...text(document).matchAll(/npm run ([\w-]+)/g)].map(([, verb = ""]) => verb);
    expect(verbs.filter((verb) => !Object.hasOwn(scripts, verb))).toEqual([]);
  });
});

test("a comment that names a file of the project names one that is there", () => {
  const folders = ["infra", "cli", "policy", "providers", "tools", "cloud-init", "hostctl"];
  const files = folders
    .flatMap((folder) => readdirSync(join(project, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)))
    .filter((file) => /\.(ts|py|json|md|tmpl|conf|sh)$/.test(file) && !/^hostctl\/tests\/|node_modules\//.test(file));
  const named = files.flatMap((file) =>
    [
      ...text(file).matchAll(
        /\b(?:infra|cli|policy|providers|tools|cloud-init|hostctl|tests|docs)\/[\w./-]+\.(?:ts|py|json|conf|tmpl|md|sh)\b/g,
      ),
    ].map(([path]) => ({ file, path })),
  );
  // A template goes by its name without .tmpl, hostctl's README by its own folder, and STACK stands for a name.
  const isThere = ({ file, path }: { readonly file: string; readonly path: string }) =>
    [path, `${path}.tmpl`, join(file, "..", path)].some((one) => existsSync(join(project, one))) || path.includes("STACK");
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((one) => !isThere(one))).toEqual([]);
});

test("every port that a web machine may have open is in what is promised", () => {
  const asked = {
    site: { domain: "shop.test", tls: "letsencrypt", http3: true },
    monitoring: { nrpe: { allowedHosts: ["192.0.2.9/32"] } },
  };
  const openings = planStack(spec(asked))
    .firewall.filter(({ to }) => to === "web")
    .map(({ port }) => (port === 22 ? "SSH" : String(port)));
  expect([...new Set(openings)].sort()).toEqual(["443", "5666", "80", "SSH"]);
  expect(["SECURITY.md", "docs/hardening.md"].flatMap((document) => openings.filter((port) => !text(document).includes(port)))).toEqual([]);
});

test.each([
  ["an nginx header", "cloud-init/nginx", "add_header Referrer-Policy"],
  ["a verb of `hostctl`", "hostctl/verbs", 'verb("'],
])("where to add %s is where the others are", (what, folder, others) => {
  const row =
    text("docs/architecture.md")
      .split("\n")
      .find((line) => line.startsWith(`| ${what} |`)) ?? "";
  const named = [...row.matchAll(/`([\w-]+\/[\w./-]+\.\w+)`/g)].map(([, path = ""]) => path);
  expect(named.every((path) => path.startsWith(`${folder}/`))).toBe(true);
  expect(named.some((path) => text(path).includes(others))).toBe(true);
});

test("the page says more than names of files", () => {
  expect(text("docs/architecture.md").match(/`infra\/[\w./-]+`/g)?.length).toBeGreaterThan(20);
});

test("the folders that it explains are those of its picture", () => {
  const explained = [...text("docs/architecture.md").matchAll(/^\| `([\w/-]+)` \|/gm)].map(([, folder]) => folder);
  const drawn = [...importPicture().matchAll(/\["([^"]+)"\]/g)].map(([, folder]) => folder).filter((folder) => folder !== "infra/index.ts");
  expect([...explained].sort()).toEqual([...drawn, "providers/nspawn", "tests"].filter((folder) => folder !== "providers").sort());
});

test("an arrow that others say together is left out, and circles are drawn", () => {
  expect(
    withoutLongWays([
      ["a", "b"],
      ["b", "c"],
      ["a", "c"],
    ]),
  ).toEqual([
    ["a", "b"],
    ["b", "c"],
  ]);
  expect(
    withoutLongWays([
      ["a", "b"],
      ["b", "a"],
    ]),
  ).toEqual([
    ["a", "b"],
    ["b", "a"],
  ]);
});

const forms = join(project, ".github/ISSUE_TEMPLATE");

// https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema
test.each(readdirSync(forms).filter((name) => name !== "config.yml"))("GitHub reads the form %s", (name) => {
  interface Field {
    readonly type: string;
    readonly id?: string;
    readonly attributes: Readonly<Record<string, unknown>>;
  }
  const form = parse(readFileSync(join(forms, name), "utf8")) as { readonly body: readonly Field[] };
  expect(form).toEqual({ name: expect.any(String), description: expect.any(String), body: expect.any(Array) });
  const fields = form.body.filter(({ type }) => type !== "markdown");
  expect(fields.filter(({ type }) => !["textarea", "input", "dropdown"].includes(type))).toEqual([]);
  expect(new Set(fields.map(({ id }) => id)).size).toBe(fields.length);
  expect(fields.filter(({ attributes }) => typeof attributes["label"] !== "string")).toEqual([]);
});
