/**
 * Records what a version of the program declares for a stack, without an engine: record.ts FOLDER STACK FILE HASHES. The program of FOLDER
 * is run in a process of its own, because two versions of it share no module; the answer is a DeclaredState as JSON in FILE. HASHES is
 * JSON, see recordFolder.
 */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type * as Rpc from "@pulumi/pulumi/runtime/rpc";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import type { checkSpec } from "../../infra/config/parse";
import type { ConfigError } from "../../infra/config/problems";
import type { StackSpec } from "../../infra/config/spec";
import type { HostFiles, renderHosts } from "../../infra/host";
import type { planStack } from "../../infra/plan";
import type { findRelease } from "../../infra/release/digest";
import type { targetFor } from "../../infra/targets";
import { namesImage } from "../defaultImage";
import { bundleOf } from "./bundle";
import { isUnknown, placeholder } from "./placeholder";
import type { Recorded, DeclaredState } from "./declaredState";
import { secretHashes } from "./secretHashes";
import { readStack } from "../stackFiles";

// An import would be a copy whose members cannot be set, see nameUnknownOutputs.
const rpc = createRequire(__filename)("@pulumi/pulumi/runtime/rpc") as typeof Rpc;

/** The story of infra/index.ts, as the version in FOLDER tells it. */
interface Program {
  readonly checkSpec: typeof checkSpec;
  readonly planStack: typeof planStack;
  readonly renderHosts: typeof renderHosts;
  readonly findRelease: typeof findRelease;
  readonly targetFor: typeof targetFor;
}

function loadProgram(folder: string): Program {
  const load = createRequire(join(folder, "package.json"));
  const part = (path: string) => load(`./infra/${path}`) as Partial<Program>;
  return {
    ...part("config/parse.ts"),
    ...part("plan/index.ts"),
    ...part("host/index.ts"),
    ...part("release/digest.ts"),
    ...part("targets/index.ts"),
  } as Program;
}

async function main([folder = "", stack = "", file = "", since = "{}"]: readonly string[]): Promise<void> {
  process.chdir(folder);
  const side = await record(resolve(folder), stack, JSON.parse(since) as DeclaredState["hashes"]);
  writeFileSync(file, JSON.stringify(side));
}

async function record(folder: string, stack: string, since: DeclaredState["hashes"]): Promise<Omit<DeclaredState, "label">> {
  const file = readStack(stack, folder);
  const { raw } = file;
  const hashes = secretHashes(file);
  const program = loadProgram(folder);
  const { spec, problems, unset } = describe(program, raw, stack, new Set(Object.keys(hashes)));
  const nothing = {
    problems,
    unset,
    namesImage: namesImage(raw),
    hashes,
    spec: null,
    plan: null,
    release: null,
    resources: null,
    notBuilt: "the description has problems",
    manifests: {},
    environment: {},
  };
  if (problems.length > 0) return nothing;

  const plan = program.planStack(spec);
  const release = program.findRelease(spec.app);
  const files = program.renderHosts(plan, release.digest);
  const known = { ...nothing, spec, plan, release: release.digest, manifests: Object.fromEntries(files) };
  try {
    const target = program.targetFor(spec.target);
    const more = target.check(plan).filter(({ ofBox }) => ofBox !== true);
    const { resources, environment } = await build(stack, spec.target, () =>
      target.build(plan, files, release, secretsOf(spec, { ...firstValues(unset, since), ...hashes })),
    );
    return { ...known, problems: more, resources, notBuilt: null, manifests: manifestsOf(files, resources), environment };
  } catch (error) {
    if (error instanceof Error && error.name === "ConfigError")
      return { ...known, problems: (error as ConfigError).problems, notBuilt: error.message.replace(/\n\s*/g, " ") };
    throw error;
  }
}

/** Of the command that sets a secret, as this version of the program says it, and as earlier ones did. */
const secretHint = / (secret --|--secret|key --) /;

/** The checked description. A secret that is only missing is no fault of a change: it stands in `unset`. */
function describe(program: Program, raw: Readonly<Record<string, unknown>>, stack: string, secretNames: ReadonlySet<string>) {
  const context = { project: "webstack", stack, secretNames };
  const first = program.checkSpec(raw, context);
  const unset = first.problems
    .filter(({ must, hint }) => must === "must be set" && hint !== undefined && secretHint.test(hint))
    .map(({ at }) => at);
  if (unset.length === 0) return { ...first, unset };
  return { ...program.checkSpec(raw, { ...context, secretNames: new Set([...secretNames, ...unset]) }), unset };
}

/** Of secrets that were missing: `up` refuses without them, so whatever runs runs with the values that they were given first. */
function firstValues(unset: readonly string[], since: DeclaredState["hashes"]): DeclaredState["hashes"] {
  return Object.fromEntries(Object.entries(since).filter(([name]) => unset.includes(name)));
}

/** Stand-ins that tell a secret's name and the hash of its encrypted text, so that a rotation shows and the value cannot. */
function secretsOf(spec: StackSpec, hashes: Readonly<Record<string, string>>) {
  const standIn = (name: string) => pulumi.secret(placeholder("secret", name, hashes[name] ?? "not set"));
  return {
    env: Object.fromEntries(spec.secrets.map((name) => [name, standIn(name)])),
    sshPrivateKey: standIn("sshPrivateKey"),
    sshPublicKey: `ssh-ed25519 ${placeholder("public key of", "sshPrivateKey", hashes["sshPrivateKey"] ?? "not set")}`,
    backupPassword: standIn("backupPassword"),
    slackWebhook: standIn("slackWebhook"),
    databaseUrl: standIn("DATABASE_URL"),
    monitoring: Object.fromEntries(
      ["smtpPassword", "alertWebhook", "sentryToken"].filter((name) => hashes[name] !== undefined).map((name) => [name, standIn(name)]),
    ),
  };
}

/** Everything `declare` registers. Outputs that only a cloud can tell are stand-ins that name resource and property. */
async function build(
  stack: string,
  targetName: StackSpec["target"],
  declare: () => unknown,
): Promise<{ readonly resources: readonly Recorded[]; readonly environment: Readonly<Record<string, string>> }> {
  const requests: {
    readonly type: string;
    readonly name: string;
    readonly inputs: Record<string, unknown>;
    options: Recorded["options"];
    feeds: Recorded["feeds"];
  }[] = [];
  watchRequests((known) => Object.assign(requests.at(-1) ?? {}, known));
  nameUnknownOutputs();
  readUnknownJson();
  await pulumi.runtime.setMocks(
    {
      newResource({ type, name, inputs, custom }) {
        // A part of the stack is nothing that a cloud has.
        if (custom === false) return { id: undefined, state: {} };
        requests.push({
          type,
          name,
          inputs: inputs as Record<string, unknown>,
          options: { protect: false, deleteBeforeReplace: false, replaceOnChanges: [], ignoreChanges: [], replacementTrigger: null },
          feeds: {},
        });
        return { id: placeholder("output", `${name}.id`), state: unknownLists(type, name) };
      },
      call: ({ token }) => ({
        // What is reviewed is taken for a stack that is there: a database that is no longer made in its version goes on in it. Not on AWS,
        // where which database it has decides what a restore means, and nobody knows that here.
        ...(token === "pulumi:pulumi:readStackOutputs" && targetName === "digitalocean" ? { outputs: { database: {} } } : {}),
        id: placeholder("output", `${token}.id`),
        arn: placeholder("output", `${token}.arn`),
        password: placeholder("output", `${token}.password`),
        name: placeholder("output", `${token}.name`),
        names: [0, 1, 2].map((n) => placeholder("output", `${token}.names.${n}`)),
      }),
    },
    "webstack",
    stack,
    false,
    "organization",
  );
  declare();
  await pulumi.runtime.disconnect();
  const resources = await Promise.all(
    requests.map(async ({ inputs, ...request }): Promise<Recorded> => ({
      ...request,
      inputs: (await plain(inputs)) as Recorded["inputs"],
    })),
  );
  return { resources: resources.sort((a, b) => (a.type + a.name < b.type + b.name ? -1 : 1)), environment: environmentOf(resources) };
}

/** Outputs that the program reads as lists, each with one entry that nobody knows yet. */
const lists: Readonly<Record<string, (name: string) => Readonly<Record<string, readonly unknown[]>>>> = {
  "aws:ec2/networkInterface:NetworkInterface": (name) => ({ privateIps: [placeholder("output", `${name}.privateIps.0`)] }),
  "aws:rds/instance:Instance": (name) => ({
    masterUserSecrets: [{ secretArn: placeholder("output", `${name}.masterUserSecrets.0.secretArn`) }],
  }),
};

const unknownLists = (type: string, name: string) => lists[type]?.(name) ?? {};

const triggerOf = (given: unknown): string | null => (typeof given === "string" ? given : null);

// The mocks of the SDK leave options and dependencies out; they see the request itself, and this sees it with them.
function watchRequests(tell: (known: Pick<Recorded, "options" | "feeds">) => void): void {
  const { registerResource } = MockMonitor.prototype;
  MockMonitor.prototype.registerResource = async function (request, callback) {
    const answer = registerResource.call(this, request, callback);
    const feeds: Record<string, string[]> = {};
    request.getPropertydependenciesMap().forEach((from: { getUrnsList(): string[] }, input: string) => {
      feeds[input] = from
        .getUrnsList()
        .map((urn) => urn.split("::").pop() ?? "")
        .sort();
    });
    const options = {
      protect: request.getProtect(),
      deleteBeforeReplace: request.getDeletebeforereplacedefined() && request.getDeletebeforereplace(),
      replaceOnChanges: request.getReplaceonchangesList(),
      ignoreChanges: request.getIgnorechangesList(),
      replacementTrigger: triggerOf(request.getReplacementTrigger()?.toJavaScript()),
    };
    if (request.getCustom()) tell({ options, feeds });
    return answer;
  };
}

// Under mocks an output that nobody made up is undefined; what is computed from it would differ from what an engine computes.
function nameUnknownOutputs(): void {
  const { resolveProperties } = rpc;
  Object.assign(rpc, {
    resolveProperties: (...given: Parameters<typeof resolveProperties>) => {
      const [, resolvers, , name, known] = given;
      for (const key of Object.keys(resolvers))
        if (known[key] === undefined && key !== "id" && key !== "urn") known[key] = placeholder("output", `${name}.${key}`);
      resolveProperties(...given);
    },
  });
}

// Some outputs are JSON, such as what a command printed; one that nobody knows yet has every field, each of them unknown.
function readUnknownJson(): void {
  const { parse } = JSON;
  JSON.parse = (text: string, ...rest) => {
    const name = /^⟨output ([^⟩]+)⟩$/.exec(text)?.[1];
    if (name === undefined) return parse(text, ...rest) as unknown;
    const field = (_: object, key: string | symbol) =>
      typeof key === "symbol" || key === "then" || key.startsWith("__pulumi") ? undefined : placeholder("output", `${name}.${key}`);
    return new Proxy({}, { get: field });
  };
}

/** Inputs as JSON: secrets unwrapped (they are stand-ins, and what is made of one is another), assets as their text. */
async function plain(value: unknown): Promise<unknown> {
  if (value instanceof pulumi.asset.StringAsset) return value.text;
  if (value instanceof pulumi.asset.FileAsset) return `file ${String(await value.path)}`;
  if (Array.isArray(value)) return Promise.all(value.map(plain));
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Record<string, unknown>;
  if (fields[rpc.specialSigKey] === rpc.specialSecretSig) {
    const of = await plain(fields["value"]);
    return typeof of !== "string" || isUnknown(of) ? of : placeholder("secret", createHash("sha256").update(of).digest("hex").slice(0, 8));
  }
  return Object.fromEntries(await Promise.all(Object.entries(fields).map(async ([key, of]) => [key, await plain(of)] as const)));
}

/**
 * Manifests of every host. Versions before the plan had every machine rendered some in their targets, so what the resources hold of a host
 * counts.
 */
function manifestsOf(files: HostFiles, resources: readonly Recorded[]): DeclaredState["manifests"] {
  const more = resources.flatMap(({ inputs }) =>
    Object.values(inputs).flatMap((value) => (typeof value === "string" ? (bundleOf(value) ?? []) : [])),
  );
  return { ...Object.fromEntries(files), ...Object.fromEntries(more.map((manifest) => [manifest.host, manifest])) };
}

/** What the app's processes get as environment, from the standard input of the command that applies a bundle with a release. */
function environmentOf(resources: readonly Recorded[]): Readonly<Record<string, string>> {
  for (const { inputs } of resources) {
    const stdin = inputs["stdin"];
    if (typeof stdin !== "string" || !stdin.startsWith('{"env":{"')) continue;
    const { env } = JSON.parse(stdin) as { env: Record<string, string> };
    // A stand-in that became part of an URL.
    return Object.fromEntries(
      Object.entries(env).map(([name, value]) => [name, value.replace(/%E2%9F%A8.*?%E2%9F%A9/g, decodeURIComponent)]),
    );
  }
  return {};
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
