/**
 * Stacks that an earlier version brought up, before their resources stood in parts, come over: the engine finds each again. Their states,
 * in parts/, are what `up` of that version left of the two example stacks, bundles and times apart. Limit: the clouds are simulated
 * without machines, and commands run nothing; that a state from a real cloud reads the same is known from the SDK's types.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parse, stringify } from "yaml";
import { Store } from "../cloud/store";
import { TestStack } from "../machines/stack";

const parts = join(__dirname, "parts");

/** Of simulated clouds, which let everybody in; the passphrase is the one of the kept states. */
const login = {
  ...{ PULUMI_CONFIG_PASSPHRASE: "of a test", DIGITALOCEAN_TOKEN: "simulated", SPACES_ACCESS_KEY_ID: "simulated" },
  ...{ SPACES_SECRET_ACCESS_KEY: "simulated", AWS_ACCESS_KEY_ID: "simulated", AWS_SECRET_ACCESS_KEY: "simulated" },
};

interface Stored {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly custom: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

const resourcesOf = (exported: string): readonly Stored[] =>
  (JSON.parse(exported) as { deployment: { resources: readonly Stored[] } }).deployment.resources;

const nameOf = (urn: string): string => urn.split("::").at(-1) ?? urn;

interface Step {
  readonly op: string;
  readonly urn: string;
}

/** What the engine did, by its own log of events, without what it left as it was. */
function stepsIn(log: string): readonly Step[] {
  const events = log.split("\n").filter((line) => line !== "");
  return events.flatMap((line) => {
    const { resOutputsEvent } = JSON.parse(line) as { resOutputsEvent?: { metadata: Step } };
    return resOutputsEvent === undefined || resOutputsEvent.metadata.op === "same" ? [] : [resOutputsEvent.metadata];
  });
}

/** Brings the kept stack up with the program as it is. */
async function comeOver(cloud: "digitalocean" | "aws") {
  const memory = mkdtempSync(join(tmpdir(), "webstack-parts-"));
  const stack = new TestStack(`parts-${cloud}`, "10.84.99.0/24", undefined, {
    environment: { ...login, WEBSTACK_CLOUD: memory, PULUMI_DEBUG_COMMANDS: "true" },
  });
  try {
    const file = join(stack.folder, "Pulumi.yaml");
    const providers = ["digitalocean", "aws", "command"].map((name) => ({ name, path: parts }));
    writeFileSync(file, stringify({ ...(parse(readFileSync(file, "utf8")) as object), plugins: { providers } }));
    writeFileSync(stack.file, readFileSync(join(parts, `${cloud}.yaml`)));
    const kept = gunzipSync(readFileSync(join(parts, `${cloud}.json.gz`))).toString();
    const store = Store.make(memory, { name: "parts", publicRange: "127.0.0.0/24" });
    for (const { type, id = "", custom, inputs = {}, outputs = {} } of resourcesOf(kept))
      if (custom && type.startsWith(`${cloud}:`)) store.put({ id, type, inputs, outputs });
    for (const [words, stdin] of [
      [["stack", "init", stack.name], ""],
      [["stack", "import"], kept],
    ] as const) {
      const { code, stderr } = await stack.pulumi(words, stdin);
      if (code !== 0) throw new Error(stderr);
    }
    const log = join(stack.folder, "events");
    const up = await stack.up("--event-log", log);
    if (up.code !== 0) throw new Error(`${up.stdout}\n${up.stderr}`);
    const { stdout: now } = await stack.pulumi(["stack", "export"]);
    return { steps: stepsIn(readFileSync(log, "utf8")), before: resourcesOf(kept), now: resourcesOf(now) };
  } finally {
    await stack.pulumi(["stack", "rm", "--force", "--yes"]);
    rmSync(memory, { recursive: true });
  }
}

describe.each(["digitalocean", "aws"] as const)("a stack of before on %s", (cloud) => {
  let seen: Awaited<ReturnType<typeof comeOver>>;

  beforeAll(async () => {
    seen = await comeOver(cloud);
  }, 300_000);

  test("comes over without a replacement or a deletion, but for the bundle, which is another file with each version", () => {
    expect([seen.before.length > 40, seen.steps.length > 0]).toEqual([true, true]);
    const done = (...ops: string[]) => seen.steps.filter(({ op }) => ops.includes(op)).map(({ urn }) => nameOf(urn));
    expect(done("replace", "create-replacement", "delete", "delete-replaced").filter((name) => name !== "web-0-bundle")).toEqual([]);
  });

  test("keeps every resource's identity, and only the parts are new", () => {
    const ids = (all: readonly Stored[]) =>
      new Map(all.filter(({ custom }) => custom).map(({ type, urn, id }) => [`${type} ${nameOf(urn)}`, id]));
    const now = ids(seen.now);
    for (const [resource, id] of ids(seen.before))
      expect([resource, now.get(resource)]).toEqual([resource, resource.endsWith("-bundle") ? now.get(resource) : id]);
    const created = seen.steps.filter(({ op }) => op === "create").map(({ urn }) => urn.split("::").slice(2).join(" "));
    expect(created.sort()).toEqual(
      ["Backup backup", "Database database", "Host web-0", "Monitoring monitoring", "Network network", "Site site"].map(
        (part) => `webstack:index:${part}`,
      ),
    );
  });
});
