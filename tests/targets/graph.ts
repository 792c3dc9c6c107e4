/**
 * Records what a program asks of the engine: each resource with its inputs, what it waits for, and its options. Limit: it shows what we
 * ask for, not what a cloud makes of it.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import type { HostFiles } from "../../infra/host";
import { packBundle } from "../../infra/host/bundle";
import { expectGoldenFile } from "../goldens/golden";

// Exported, but marked as internal and so without a type. It resolves when every resource is registered, and those that nothing
// depends on come last.
const runtime = pulumi.runtime as typeof pulumi.runtime & { waitForRPCs(): Promise<void> };

/** One resource, as it was registered. */
export interface GraphNode {
  readonly type: string;
  readonly name: string;
  /** The part of the stack that it stands in; "" for none. */
  readonly parent: string;
  /** Inputs with each secret shown as "[secret]" and assets as their text. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The same with secrets opened, for assertions on what is in them. */
  readonly opened: Readonly<Record<string, unknown>>;
  /** What the provider adds: its identity as `id`, and what {@link Recording.state} says. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Names of the resources it waits for, sorted. */
  readonly dependencies: readonly string[];
  /** Options that were set, by name; other resources are told by their names. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** An invoke of a provider's function. */
export interface GraphCall {
  readonly token: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface Graph {
  /** Sorted by type and name; the stack itself is left out. */
  readonly nodes: readonly GraphNode[];
  readonly calls: readonly GraphCall[];
  /** What the program returned, with outputs resolved and secrets opened. */
  readonly outputs: unknown;
  /** The resource of that name, whatever part of the stack has the same one. Error: there is none, or several. */
  named(name: string): GraphNode;
  /** All resources of a type, such as "digitalocean:index/droplet:Droplet". */
  ofType(type: string): readonly GraphNode[];
  /** Everything that is not secret, bundles' text included, as one text: the place to look for markers of secrets. */
  readonly clear: string;
}

export interface Recording<T> {
  readonly project?: string;
  readonly stack: string;
  /** What a provider would add to the inputs. */
  state?(type: string, name: string, inputs: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>;
  /** The identity that a provider gives; default: its name and "-id". */
  id?(type: string, name: string): string;
  /** Answers of provider functions; default: an error. */
  call?(
    token: string,
    inputs: Readonly<Record<string, unknown>>,
  ): Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>>;
  /** Declares the resources. It must load everything that imports a provider itself, or after this began. */
  program(): T;
}

/** Runs a program against mocks; resolves when every resource that it declared is there. */
export async function recordGraph<T>(recording: Recording<T>): Promise<Graph> {
  const { project = "webstack", stack } = recording;
  const calls: GraphCall[] = [];
  const added = new Map<string, Readonly<Record<string, unknown>>>();
  await pulumi.runtime.setMocks(
    {
      newResource({ type, name, inputs }: { type: string; name: string; inputs: Record<string, unknown> }) {
        const id = recording.id?.(type, name) ?? `${name}-id`;
        const state = recording.state?.(type, name, inputs) ?? {};
        added.set(`${type} ${name}`, { id, ...state });
        return { id, state: { ...inputs, ...state } };
      },
      call({ token, inputs }: { token: string; inputs: Record<string, unknown> }) {
        calls.push({ token, inputs });
        const answer = recording.call?.(token, inputs);
        if (answer === undefined) throw new Error(`nothing answers ${token}`);
        return answer;
      },
    },
    project,
    stack,
    false,
    "organization",
  );
  const requests: Request[] = [];
  const monitor = pulumi.runtime.getMonitor() as unknown as { registerResource(request: Request, callback: unknown): unknown };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    requests.push(request);
    return register(request, callback);
  };

  const outputs = await settled(recording.program());
  await runtime.waitForRPCs();
  const all = requests
    .filter((request) => request.getType() !== "pulumi:pulumi:Stack")
    .map((request) => toNode(request, added.get(`${request.getType()} ${request.getName()}`) ?? {}));
  const nodes = all.sort((a, b) => compare(`${a.type} ${a.name}`, `${b.type} ${b.name}`));
  const ofType = (type: string) => nodes.filter((node) => node.type === type);
  return {
    nodes,
    calls,
    outputs,
    ofType,
    named(name) {
      const found = nodes.filter((node) => node.name === name && !node.type.startsWith("webstack:"));
      const [node] = found;
      if (node === undefined || found.length > 1)
        throw new Error(`${found.length} resources are named ${name}; there are ${nodes.map((other) => other.name).join(", ")}`);
      return node;
    },
    clear: JSON.stringify(nodes.map(({ type, name, inputs, options }) => ({ type, name, inputs, options }))),
  };
}

/**
 * Expects each host of a graph to receive what was rendered for it, and nothing else to be brought to any machine. By the assert of node: a
 * bench goes by here, too, without jest.
 */
export function expectRendered(graph: Graph, files: HostFiles): void {
  const brought = graph.ofType("command:remote:CopyToRemote").map(({ name, opened }) => [name, digestOf(String(opened["source"]))]);
  // Their digests, since a difference would be shown in full.
  assert.deepEqual(
    brought,
    [...files].map(([host, manifest]) => [`${host}-bundle`, packBundle(manifest).digest]).sort(([a = ""], [b = ""]) => compare(a, b)),
  );
}

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

/** Graphs that are kept in tests/goldens/graphs, a file each. */
export const keptGraphs = ["aws", "bitcoin-aws", "bitcoin-prod", "ocpizza-prod"] as const;

/**
 * Expects a graph to be as kept. Digests of bundles are left out, since they follow every line of hostctl, and long texts are told by their
 * beginning: other goldens show those.
 */
export function expectGraph(name: (typeof keptGraphs)[number], graph: Graph): void {
  expectGoldenFile("graphs", `${name}.yaml`, graphText(graph));
}

/** The graph for people: one block a resource, keys in the order of the alphabet. */
export function graphText({ nodes, calls }: Graph): string {
  const blocks = nodes.map(({ type, name, parent, inputs, dependencies, options }) => ({
    [`${type} ${name}`]: {
      ...(parent === "" ? {} : { parent }),
      inputs: brief(inputs),
      ...(dependencies.length === 0 ? {} : { dependencies }),
      ...(Object.keys(options).length === 0 ? {} : { options }),
    },
  }));
  const asked = calls.map(({ token, inputs }) => ({ [`call ${token}`]: brief(inputs) }));
  return stringify(Object.assign({}, ...blocks, ...asked), { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false });
}

/** Of the engine's protocol, what is read here; the SDK has no public type for it. */
interface Request {
  getType(): string;
  getName(): string;
  getObject(): { toJavaScript(): Record<string, unknown> } | undefined;
  getDependenciesList(): readonly string[];
  getParent(): string;
  getProtect(): boolean | undefined;
  getRetainondelete(): boolean | undefined;
  getDeletedwith(): string;
  getDeletebeforereplace(): boolean;
  getDeletebeforereplacedefined(): boolean;
  getIgnorechangesList(): readonly string[];
  getReplaceonchangesList(): readonly string[];
  getAdditionalsecretoutputsList(): readonly string[];
  getReplacementTrigger(): { toJavaScript(): unknown } | undefined;
  getHooks(): { getBeforeDeleteList(): readonly string[] } | undefined;
  getCustomtimeouts(): { getCreate(): string; getUpdate(): string; getDelete(): string } | undefined;
}

const nameOf = (urn: string): string => urn.split("::").at(-1) ?? urn;

function toNode(request: Request, outputs: GraphNode["outputs"]): GraphNode {
  const raw = request.getObject()?.toJavaScript() ?? {};
  const parent = request.getParent();
  const timeouts = request.getCustomtimeouts();
  const options = {
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    beforeDelete: request.getHooks()?.getBeforeDeleteList() ?? [],
    deletedWith: request.getDeletedwith() === "" ? "" : nameOf(request.getDeletedwith()),
    deleteBeforeReplace: request.getDeletebeforereplacedefined() ? String(request.getDeletebeforereplace()) : "",
    ignoreChanges: request.getIgnorechangesList(),
    // The SDK of commands sets that one on every command itself.
    replaceOnChanges: request.getReplaceonchangesList().filter((path) => path !== "triggers[*]"),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    replacementTrigger: request.getReplacementTrigger()?.toJavaScript() ?? "",
    customTimeouts: timeouts === undefined ? "" : [timeouts.getCreate(), timeouts.getUpdate(), timeouts.getDelete()].join(" ").trim(),
  };
  const isSet = (value: unknown) => value !== "" && value !== false && !(Array.isArray(value) && value.length === 0);
  return {
    type: request.getType(),
    name: request.getName(),
    parent: parent === "" || parent.includes("pulumi:pulumi:Stack") ? "" : nameOf(parent),
    inputs: shown(raw, () => "[secret]") as Record<string, unknown>,
    opened: shown(raw, (value) => value) as Record<string, unknown>,
    outputs,
    dependencies: [...new Set(request.getDependenciesList().map(nameOf))].sort(compare),
    options: Object.fromEntries(Object.entries(options).filter(([, value]) => isSet(value))),
  };
}

const signature = "4dabf18193072939515e22adb298388d";
const kinds = { secret: "1b47061264138c4ac30d75fd1eb44270", asset: "c44067f5952c0a294b673a41bacd8c17" } as const;

/** A value as the engine's protocol writes it, with secrets as `secret` says and text assets as their text. */
function shown(value: unknown, secret: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => shown(item, secret));
  if (typeof value !== "object" || value === null) return value;
  const object = value as Record<string, unknown>;
  if (object[signature] === kinds.secret) return secret(shown(object["value"], secret));
  if (object[signature] === kinds.asset) return object["text"] ?? object["path"];
  return Object.fromEntries(Object.entries(object).map(([key, item]) => [key, shown(item, secret)]));
}

function brief(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(brief);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, brief(item)]));
  if (typeof value !== "string") return value;
  const text = value.replace(/[0-9a-f]{16,64}\.bundle/g, "DIGEST.bundle");
  return text.length <= 400 ? text : `[text that begins ${JSON.stringify(text.slice(0, 40))}]`;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const settled = (value: unknown): Promise<unknown> =>
  new Promise((resolve) => (pulumi.output(value) as pulumi.Output<unknown>).apply(resolve));
