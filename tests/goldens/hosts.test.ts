/** Limit: how made-up manifests are laid out; goldens.test.ts has the real ones. */
import { file, type Manifest } from "../../infra/host/manifest";
import { keptFiles } from "./hosts";

const manifest = (host: string, texts: Readonly<Record<string, string>>): Manifest => ({
  version: 1, project: "webstack", stack: "test", host, debian: "13", user: "", packages: [], plain: [], checks: [], units: [], services: [], release: null,
  files: Object.entries(texts).map(([path, content]) => file(path, content)),
});

test("a text stands once, in the folder that names the hosts which have it", () => {
  const kept = keptFiles(new Map([
    ["a/web-0", manifest("web-0", { "/etc/issue": "same", "/etc/nginx.conf": "web", "/etc/site.conf": "shop", "/etc/own.conf": "a" })],
    ["b/web-0", manifest("web-0", { "/etc/issue": "same", "/etc/nginx.conf": "web", "/etc/site.conf": "shop", "/etc/own.conf": "b" })],
    ["c/web-0", manifest("web-0", { "/etc/issue": "same", "/etc/nginx.conf": "web" })],
    ["a/database-0", manifest("database-0", { "/etc/issue": "same" })],
  ]));
  expect([...kept].filter(([path]) => !path.endsWith("manifest.txt"))).toEqual([
    ["all/etc/issue", "same"],
    ["web-0/all/etc/nginx.conf", "web"],
    ["web-0/a+b/etc/site.conf", "shop"],
    ["web-0/a/etc/own.conf", "a"],
    ["web-0/b/etc/own.conf", "b"],
  ]);
});

test("a row of the manifest stands with the hosts that have it, apart from the text of its file; hostctl's modules have none", () => {
  const kept = keptFiles(new Map([
    ["a/web-0", manifest("web-0", { "/etc/issue": "one", "/usr/local/lib/webstack/hostctl/verbs/cli.py": "" })],
    ["a/database-0", manifest("database-0", { "/etc/issue": "other", "/usr/local/lib/webstack/integrity": "" })],
  ]));
  const row = (path: string) => `files {"path":"${path}","owner":"root","group":"root","mode":"0644","onChange":[]}\n`;
  expect([...kept]).toEqual([
    ["all/manifest.txt", `version 1\nproject "webstack"\nstack "test"\ndebian "13"\nuser ""\n${row("/etc/issue")}release null\n`],
    ["web-0/all/manifest.txt", 'host "web-0"\n'],
    ["web-0/all/etc/issue", "one"],
    ["database-0/all/manifest.txt", `host "database-0"\n${row("/usr/local/lib/webstack/integrity")}`],
    ["database-0/all/etc/issue", "other"],
  ]);
});
