import { compareResources } from "../../../cli/review/graph";
import { compareHosts } from "../../../cli/review/hosts";
import { judge } from "../../../cli/review/verdict";
import { type DeclaredState, emptyState, type Recorded } from "../../../cli/review/declaredState";
import { file, type Manifest } from "../../../infra/host/manifest";
import { exampleSpec } from "../../goldens/stacks";

type Options = Partial<Recorded["options"]> & { readonly feeds?: Recorded["feeds"] };

const resource = (type: string, name: string, inputs: Recorded["inputs"], { feeds = {}, ...options }: Options = {}): Recorded => ({
  type,
  name,
  inputs,
  feeds,
  options: { protect: false, deleteBeforeReplace: false, replaceOnChanges: [], ignoreChanges: [], replacementTrigger: null, ...options },
});

const droplet = (inputs: Recorded["inputs"], options?: Options) => resource("digitalocean:index/droplet:Droplet", "web-0", inputs, options);
const pointer = resource(
  "digitalocean:index/reservedIpAssignment:ReservedIpAssignment",
  "pointer",
  { dropletId: 1 },
  { feeds: { dropletId: ["web-0"] } },
);
const cluster = (inputs: Recorded["inputs"], options?: Options) =>
  resource("digitalocean:index/databaseCluster:DatabaseCluster", "database", inputs, options);

const side = (resources: readonly Recorded[], more: Partial<DeclaredState> = {}): DeclaredState => ({
  ...emptyState,
  label: "",
  resources,
  ...more,
});

const verdictOf = (before: DeclaredState, after: DeclaredState) => {
  const steps = compareResources(before.resources ?? [], after.resources ?? []);
  return judge(before, after, { steps, hosts: compareHosts(before, after), problems: after.problems });
};
const sayings = (before: DeclaredState, after: DeclaredState) =>
  verdictOf(before, after).consequences.map(({ level, says }) => `${level}: ${says}`);

test("equal resources ask for nothing", () => {
  expect(compareResources([droplet({ image: "a" })], [droplet({ image: "a" })])).toEqual([]);
  expect(verdictOf(side([]), side([]))).toEqual({ level: "nothing", headline: "nothing changes", consequences: [] });
});

test("an input that cannot change replaces, and so does what takes an output of the replaced one where it cannot change either", () => {
  const steps = compareResources([droplet({ image: "a" }), pointer], [droplet({ image: "b" }), pointer]);
  expect(steps.map(({ does, name, because }) => [does, name, because])).toEqual([
    ["replace", "pointer", ["dropletId comes from web-0, which is replaced"]],
    ["replace", "web-0", ["image: a machine keeps the image it was made from"]],
  ]);
});

test("what takes an output of a replaced resource where it may change is updated", () => {
  const firewall = resource("digitalocean:index/firewall:Firewall", "firewall", { dropletIds: [1] }, { feeds: { dropletIds: ["web-0"] } });
  const steps = compareResources([droplet({ image: "a" }), firewall], [droplet({ image: "b" }), firewall]);
  expect(steps.map(({ does, name, changes }) => [does, name, changes])).toEqual([
    ["update", "firewall", [{ input: "dropletIds", from: null, to: "of the new web-0" }]],
    ["replace", "web-0", [{ input: "image", from: '"a"', to: '"b"' }]],
  ]);
});

test("an option of the program replaces, too", () => {
  const [step] = compareResources([droplet({ size: "a" })], [droplet({ size: "b" }, { replaceOnChanges: ["size"] })]);
  expect([step?.does, step?.because]).toEqual(["replace", ["size: the provider cannot change it on a living resource"]]);
});

test("a host with an address that follows is replaced behind the gate; without one, and where the old one goes first, there is downtime", () => {
  const [before, after] = [droplet({ image: "a" }), droplet({ image: "b" })];
  expect(sayings(side([before, pointer]), side([after, pointer]))).toEqual([
    "replaces a host: replaces web-0 behind the gate (image: a machine keeps the image it was made from): a snapshot of the old " +
      "host is taken, the new host gets the address once it serves, then the old one is deleted; no downtime",
  ]);
  expect(sayings(side([before]), side([after]))).toEqual([
    "downtime: the host web-0 is replaced (image: a machine keeps the image it was made from), and no address that would follow to " +
      "the new one is declared",
  ]);
  expect(verdictOf(side([before, pointer]), side([droplet({ image: "b" }, { deleteBeforeReplace: true }), pointer])).level).toBe(
    "downtime",
  );
});

test("on AWS the address that goes with its machine is not the site's, which is", () => {
  const address = (name: string, replacementTrigger: string) => resource("aws:ec2/eip:Eip", name, {}, { replacementTrigger });
  expect(sayings(side([address("web-0-address", "a")]), side([address("web-0-address", "b")]))).toEqual([]);
  expect(sayings(side([address("site-address", "a")]), side([address("site-address", "b")]))).toEqual([
    "downtime: the site's address becomes another (it goes with the machine that it was made for): its DNS must follow",
  ]);
});

test("data is at risk where a database is replaced or deleted, and the engine refuses where it is protected", () => {
  expect(sayings(side([cluster({ engine: "pg" })]), side([cluster({ engine: "mysql" }, { protect: true })]))).toEqual([
    "data at risk: the database is replaced by an empty one (engine: another engine is another database); it is protected, and the " +
      "engine refuses; back it up, make the new one beside it, and restore there",
  ]);
  expect(verdictOf(side([cluster({ engine: "pg" })]), side([]))).toMatchObject({
    level: "data at risk",
    headline: "data at risk: refuses",
  });
});

test("data is at risk where what keeps the backups goes", () => {
  const bucket = resource("aws:s3/bucket:Bucket", "dumps", { bucket: "a" });
  expect(sayings(side([bucket]), side([]))).toEqual(["data at risk: dumps, which keeps backups, is deleted; copy them first"]);
});

test("an update in place may interrupt", () => {
  expect(sayings(side([droplet({ size: "a" })]), side([droplet({ size: "b" })]))).toEqual([
    "downtime: web-0: it is switched off for its resize, some minutes",
  ]);
  expect(sayings(side([droplet({ tags: [] })]), side([droplet({ tags: ["a"] })]))).toEqual(["no downtime: web-0 changes in place: tags"]);
});

test("resources that could not be compared are never called harmless", () => {
  const verdict = judge(side([]), { ...side([]), resources: null }, { steps: null, hosts: [], problems: [] });
  expect([verdict.level, verdict.headline]).toEqual(["not known", "not known"]);
});

test("a type that nobody described is not called harmless when it goes", () => {
  expect(sayings(side([resource("gcp:pubsub:Topic", "queue", {})]), side([]))).toEqual([
    "downtime: queue goes away, and what a gcp:pubsub:Topic takes with it is not known",
  ]);
});

const manifest = (more: Partial<Manifest>): Manifest => ({
  version: 1,
  project: "p",
  stack: "s",
  host: "web-0",
  debian: "13",
  user: "app",
  packages: [],
  plain: [],
  files: [],
  checks: [],
  units: [],
  release: { digest: "a", requirements: "", steps: [], static: [], keep: 5, schema: null, restorePoint: false, lockTimeoutSeconds: 5 },
  services: [
    { name: "web", kind: "slots", healthPath: "/", healthHost: "", startSeconds: 1, drainSeconds: 1, timeoutSeconds: 1 },
    { name: "worker", kind: "command" },
  ],
  ...more,
});
const hostSide = (more: Partial<Manifest>, environment: DeclaredState["environment"] = {}) =>
  side([], { manifests: { "web-0": manifest(more) }, environment });

test("a new environment rolls services in slots and restarts the others", () => {
  const verdict = verdictOf(hostSide({}, { A: "1" }), hostSide({}, { A: "2" }));
  expect(verdict.headline).toBe("restart of web, rolled: no request fails; restart of worker");
  expect(verdict.level).toBe("restart");
});

test("a new release is told as such, even where units change, too", () => {
  const unit = (text: string) => [file("/etc/systemd/system/web@.service", text, { onChange: [{ verb: "roll", service: "web" }] })];
  const verdict = verdictOf(
    hostSide({ files: unit("a") }),
    hostSide({
      files: unit("b"),
      release: { digest: "b", requirements: "", steps: [], static: [], keep: 5, schema: null, restorePoint: false, lockTimeoutSeconds: 5 },
    }),
  );
  expect(verdict.consequences.map(({ says }) => says)).toEqual([
    "web-0: restart of web, rolled: its idle slot starts, proves its health and takes over; no request fails (a new release)",
    "web-0: restart of worker, which has no second slot (a new release)",
  ]);
});

test("what is deployed has no description, and a change on its hosts is told all the same", () => {
  const unit = (text: string) =>
    hostSide({ files: [file("/etc/systemd/system/web@.service", text, { onChange: [{ verb: "roll", service: "web" }] })] });
  const described: DeclaredState = { ...unit("--workers 2"), spec: exampleSpec("local") };
  expect(verdictOf(unit("--workers 3"), described)).toMatchObject({
    level: "restart",
    headline: "restart of web, rolled: no request fails",
  });
});

test("connections wait for an nginx that restarts; they are refused only while it hands its ports to systemd", () => {
  const nginx = (verb: "restart" | "reload", text: string, units: readonly string[] = ["nginx@80.socket"]) => ({
    units,
    files: [file("/etc/x", text, { onChange: [{ verb, unit: "nginx.service" }] })],
  });
  const anew = "no downtime: web-0: nginx starts anew: connections wait meanwhile, and its old workers finish what they have";
  expect(sayings(hostSide(nginx("restart", "a")), hostSide(nginx("restart", "b")))).toEqual([anew]);
  expect(sayings(hostSide(nginx("restart", "a")), hostSide(nginx("restart", "b", ["nginx@80.socket", "nginx@443.socket"])))).toEqual([
    anew,
    "no downtime: web-0: nginx@443.socket begins",
  ]);
  expect(sayings(hostSide(nginx("restart", "a", [])), hostSide(nginx("restart", "b")))).toEqual([
    "downtime: web-0: nginx hands its ports to systemd, so connections of that moment are refused",
    anew,
    "no downtime: web-0: nginx@80.socket begins",
  ]);
  expect(sayings(hostSide(nginx("reload", "a")), hostSide(nginx("reload", "b")))).toEqual([
    "no downtime: web-0: nginx.service reloads without losing a connection",
  ]);
});

test("a removed file asks for what its change would", () => {
  const gone = { files: [file("/etc/x", "a", { onChange: [{ verb: "reload", unit: "ssh.service" }] })] };
  expect(sayings(hostSide(gone), hostSide({}))).toEqual(["no downtime: web-0: ssh.service reloads without losing a connection"]);
});

describe("a database of RDS", () => {
  const rds = (name: string, inputs: Recorded["inputs"] = {}, options?: Options) =>
    resource("aws:rds/instance:Instance", name, inputs, options);
  const spec = exampleSpec("aws");
  const withRestore = (restore: { from: string; at: string } | null) => ({
    spec: { ...spec, database: { ...spec.database, restore } as typeof spec.database },
  });
  const moment = withRestore({ from: "webstack-aws-database", at: "2026-11-01T03:00:00Z" });

  test("that is restored to a moment: what the site loses, and when the old one goes; nothing of it is refused", () => {
    const [before, after] = [
      side([rds("database", {}, { protect: true })], { spec }),
      side([rds("database-3fa2b1", {}, { protect: true })], moment),
    ];
    const { level, consequences } = verdictOf(before, after);
    expect([level, consequences.map(({ says }) => says)]).toEqual([
      "downtime",
      [
        "the site goes on with a copy of webstack-aws-database as it was at 2026-11-01T03:00:00Z: what was written since is in " +
          "database alone, which loses its protection once the site has moved, and goes with the `up` after that one, with a last " +
          "snapshot",
      ],
    ]);
    // So does a state, which has no description.
    expect(verdictOf(side(before.resources ?? []), after).level).toBe("downtime");
  });

  test("that the site has left goes without harm, and a description without restore is data at risk", () => {
    expect(sayings(side([rds("database"), rds("database-3fa2b1")]), side([rds("database-3fa2b1")], moment))).toEqual([
      "no downtime: the database database, which the site has left, is deleted, and ends with a snapshot",
    ]);
    expect(verdictOf(side([rds("database-3fa2b1")], moment), side([rds("database")], { spec })).level).toBe("data at risk");
    // A stack that loses its database, and not to another one of its own.
    expect(verdictOf(side([rds("database")], { spec }), side([], { spec: { ...spec, database: { kind: "none" } } })).level).toBe(
      "data at risk",
    );
  });

  test("with a higher version is upgraded as RDS does it, and with a lower one refused, as RDS refuses it", () => {
    const [old, now] = [side([rds("database", { engineVersion: "15" })]), side([rds("database", { engineVersion: "16" })])];
    expect(sayings(old, now)).toEqual([
      "downtime: database: it is upgraded in place: RDS checks it first and refuses what it finds unfit, takes a snapshot, and is " +
        "away for minutes, its standby too; the way back is that snapshot, by database.restore",
    ]);
    expect([verdictOf(now, old).headline, ...sayings(now, old)]).toEqual([
      "refused: the target does not do it",
      "refused: database: RDS goes from version 16 to no lower one: make a database of version 15 in a stack of its own and bring " +
        "a dump there",
    ]);
  });
});

describe("a host of the Debian that was the default", () => {
  const now = (more: Partial<DeclaredState>, target: "local" | "prod" = "prod") =>
    side([droplet({ image: "b" }), pointer], { spec: exampleSpec(target, { host: {} }), manifests: { "web-0": manifest({}) }, ...more });
  const before = side([droplet({ image: "a" }), pointer], { manifests: { "web-0": manifest({ debian: "12" }) } });

  test("is told beside its replacement, with the line that keeps it, where the file leaves the image to the default", () => {
    expect(sayings(before, now({ namesImage: false }))).toContainEqual(
      expect.stringMatching(
        /^replaces a host: host\.image is not named, and its default is debian-13: .* write image: debian-12 below webstack:host$/,
      ),
    );
    expect(sayings(before, now({ namesImage: false }, "local"))).toContainEqual(
      expect.stringMatching(/^downtime: host\.image is not named/),
    );
  });

  test("is not told to stay on a target that the stack leaves", () => {
    const elsewhere = { ...before, spec: exampleSpec("local", {}) };
    expect(sayings(elsewhere, now({ namesImage: false })).join("\n")).not.toContain("host.image");
    expect(sayings({ ...elsewhere, spec: exampleSpec("prod", {}) }, now({ namesImage: false })).join("\n")).toContain("host.image");
  });

  test("goes without a further word where the file names the other", () => {
    expect(sayings(before, now({})).join("\n")).not.toContain("host.image");
  });
});
