/** Each file of infra/ has a test in its mirrored place. Limit: it sees that a test is there, not what it holds. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { sources } from "../../cli/architecture/imports";

const root = resolve(__dirname, "../..");
const infra = join(root, "infra");

/** Folders and files that are held by one test, since what they make is seen in what they make together. */
const together: Readonly<Record<string, string>> = {
  "config/catalog": "config/parse.test.ts",
  "config/defaults.ts": "config/parse.test.ts",
  "config/keys.ts": "config/reference.test.ts",
  "config/rules": "config/bad-descriptions.test.ts",
  "config/schema": "config/bad-descriptions.test.ts",
  "config/targets.ts": "targets/keys.test.ts",
  "host/cloudWatch.ts": "targets/aws.test.ts",
  "host/database": "goldens/hosts.test.ts",
  "host/features": "goldens/hosts.test.ts",
  "host/maintenance.ts": "goldens/hosts.test.ts",
  "host/manifest.ts": "host/contract.test.ts",
  "host/roles": "goldens/hosts.test.ts",
  "host/systemd.ts": "goldens/hosts.test.ts",
  "host/user-data.ts": "goldens/goldens.test.ts",
  "index.ts": "targets/contract.test.ts",
  "outputs.ts": "targets/contract.test.ts",
  "plan/cost": "plan/cost.test.ts",
  "plan/index.ts": "plan/hosts.test.ts",
  "release/check.ts": "config/load.test.ts",
  "release/ssh.ts": "release/verify.test.ts",
  "release/deliver.ts": "machines/release.test.ts",
  "release/hostKey.ts": "release/contact.test.ts",
  services: "services/newKind.test.ts",
  targets: "targets/contract.test.ts",
  "targets/aws": "targets/aws.test.ts",
  "targets/digitalocean": "targets/digitalocean.test.ts",
  "targets/local": "targets/local.test.ts",
};

const files = sources(infra).map((path) => relative(infra, path));

/** Whether there is anything to test: types alone are held by the compiler. A file without any export is a program. */
const does = (file: string): boolean => {
  const text = readFileSync(join(infra, file), "utf8");
  return /^export (?:const|function|abstract|class|async)\b/m.test(text) || !/^export /m.test(text);
};

/** `plan/cost/index.ts` is `plan/cost.test.ts` or `plan/cost/index.test.ts`. */
const mirrors = (file: string): readonly string[] => [
  file.replace(/\.ts$/, ".test.ts"),
  ...(file.endsWith("/index.ts") ? [`${dirname(file)}.test.ts`] : []),
];

const thereIs = (test: string): boolean => existsSync(join(root, "tests", test));

const saidOf = (file: string): string | undefined =>
  Object.keys(together).find((place) => place === file) ??
  Object.keys(together)
    .filter((place) => file.startsWith(`${place}/`))
    .at(-1);

test.each(files.filter(does))("infra/%s has a test in its place, or one that is said", (file) => {
  const place = saidOf(file);
  const held = [...mirrors(file), ...(place === undefined ? [] : [together[place] ?? ""])];
  expect(held.filter(thereIs)).not.toEqual([]);
});

test("what is said is there, and says something", () => {
  for (const [place, test] of Object.entries(together))
    expect([place, existsSync(join(infra, place)), thereIs(test)]).toEqual([place, true, true]);
  const needless = Object.keys(together).filter((place) => {
    const own = files.filter((file) => saidOf(file) === place);
    return own.every((file) => !does(file) || mirrors(file).some(thereIs));
  });
  expect(needless).toEqual([]);
});

test("a test of a file that infra/ has no more moves or goes", () => {
  const said = new Set(Object.values(together));
  const others = ["plan", "release", "targets", "host/features", "config/schema"].flatMap((folder) => sources(join(root, "tests", folder)));
  const strangers = others
    .map((path) => relative(join(root, "tests"), path))
    .filter((path) => path.endsWith(".test.ts") && !said.has(path) && !whole.has(path))
    .filter((path) => !files.some((file) => mirrors(file).includes(path)));
  expect(strangers).toEqual([]);
});

/** Of no file alone: what all targets owe, and what a release is made of. */
const whole = new Set([
  "release/archive.test.ts",
  "targets/graph.test.ts",
  "targets/hostAlerts.test.ts",
  "targets/left.test.ts",
  "targets/policy.test.ts",
  "targets/securityHub.test.ts",
]);
