import type { Manifest } from "../../infra/host/manifest";
import { bundleOf } from "./bundle";
import type { Recorded, DeclaredState } from "./declaredState";

/** A resource in `pulumi stack export`. https://github.com/pulumi/pulumi/blob/master/sdk/go/common/apitype/core.go */
interface Stored {
  readonly urn: string;
  readonly type: string;
  /** false for a part of the stack, which is nothing that a cloud has. */
  readonly custom: boolean;
  readonly delete?: boolean;
  readonly protect?: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
}

export const deployedLabel = "what is deployed";

/**
 * How the engine marks what is more than JSON in a state.
 * https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/go/common/resource/properties.go
 */
export const signature = "4dabf18193072939515e22adb298388d";
const hidden = Symbol("encrypted in the state");

/**
 * What was brought up last, as the stack's state tells it, made ready to be compared with `after`: where `after` has a stand-in for a
 * value that a cloud made up, or the state has a secret, the state's value counts as unchanged. Snapshots of replaced machines are left
 * out: the program declares them by what the engine tells it of the run before, and `after` was told nothing.
 */
export function deployedState(exported: string, after: DeclaredState): DeclaredState {
  const stored = storedIn(exported).filter(
    ({ type, custom, delete: leaving }) => custom && !type.startsWith("pulumi:") && !type.endsWith(":DropletSnapshot") && leaving !== true,
  );
  const wanted = new Map((after.resources ?? []).map((resource) => [`${resource.type} ${resource.name}`, resource]));
  const resources = stored.map((resource) => {
    const name = nameOf(resource.urn);
    return recorded(resource, name, wanted.get(`${resource.type} ${name}`));
  });
  const manifests = manifestsOf(resources);
  const web = manifests.find(({ release }) => release !== null);
  return {
    label: deployedLabel,
    problems: [],
    unset: after.unset,
    namesImage: after.namesImage,
    // Encrypted there with another nonce, so they cannot be compared.
    hashes: after.hashes,
    environment: after.environment,
    spec: null,
    plan: null,
    release: web?.release?.digest ?? null,
    resources,
    notBuilt: null,
    manifests: Object.fromEntries(manifests.map((manifest) => [manifest.host, manifest])),
  };
}

/** What was delivered to the hosts last, by `pulumi stack export`. */
export const deployedManifests = (exported: string): readonly Manifest[] =>
  manifestsOf(
    storedIn(exported).map(({ inputs = {} }) => ({
      inputs: Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, plain(value)])),
    })),
  );

const storedIn = (exported: string): readonly Stored[] =>
  (JSON.parse(exported) as { deployment: { resources?: readonly Stored[] } | null }).deployment?.resources ?? [];

const manifestsOf = (resources: readonly Pick<Recorded, "inputs">[]): readonly Manifest[] =>
  resources.flatMap(({ inputs }) => Object.values(inputs).flatMap((value) => (typeof value === "string" ? (bundleOf(value) ?? []) : [])));

const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");

function recorded(
  { type, inputs = {}, protect = false, propertyDependencies = {} }: Stored,
  name: string,
  now: Recorded | undefined,
): Recorded {
  const own = Object.entries(undated(type, name, inputs)).filter(([key]) => !key.startsWith("__"));
  return {
    type,
    name,
    inputs: Object.fromEntries(own.map(([key, value]) => [key, adopt(plain(value), now?.inputs[key], (now?.feeds[key] ?? []).length > 0)])),
    feeds: Object.fromEntries(Object.entries(propertyDependencies).map(([key, urns]) => [key, urns.map(nameOf).sort()])),
    options: {
      protect,
      deleteBeforeReplace: now?.options.deleteBeforeReplace ?? false,
      replaceOnChanges: now?.options.replaceOnChanges ?? [],
      ignoreChanges: now?.options.ignoreChanges ?? [],
      // Made of values that `after` has stand-ins for.
      replacementTrigger: null,
    },
  };
}

/**
 * Without the moment at which an `up` found the host to differ and applied the same again: `after` was told nothing of it, and it decides
 * nothing of what runs. Two commands of a host have it, see infra/targets/delivery.ts; what looks like it elsewhere is the description's
 * own.
 */
function undated(type: string, name: string, inputs: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { create, environment } = inputs;
  if (type === "command:remote:Command" && name.endsWith("-apply") && typeof create === "string")
    return { ...inputs, create: create.replace(/ # again: \d{4}-[\d:.T-]+Z$/, "") };
  if (type !== "command:local:Command" || !name.endsWith("-release") || typeof environment !== "object" || environment === null)
    return inputs;
  return { ...inputs, environment: Object.fromEntries(Object.entries(environment).filter(([key]) => key !== "AGAIN")) };
}

/** Assets become their text, secrets {@link hidden}. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Record<string, unknown>;
  if ("ciphertext" in fields && signature in fields) return hidden;
  if (signature in fields && typeof fields["text"] === "string") return fields["text"];
  return Object.fromEntries(Object.entries(fields).map(([key, of]) => [key, plain(of)]));
}

/** `old`, with the stand-ins of `now` where they fit. `fed` says that an output of a resource flows in. */
function adopt(old: unknown, now: unknown, fed: boolean): unknown {
  if (old === hidden) return now ?? "encrypted in the state";
  if (typeof now === "string" && now.includes("⟨"))
    return typeof old !== "string" || pattern(unfolded(now)).test(unfolded(old)) ? now : old;
  // What a stand-in was computed into, such as a number.
  if ((now === null || now === undefined) && fed) return now;
  if (Array.isArray(old) && Array.isArray(now)) return old.map((one: unknown, index) => adopt(one, now[index], fed));
  if (typeof old !== "object" || old === null || typeof now !== "object" || now === null) return old;
  return Object.fromEntries(Object.entries(old).map(([key, value]) => [key, adopt(value, (now as Record<string, unknown>)[key], fed)]));
}

// YAML folds a line by its length, and a stand-in is not as long as what it stands for.
const unfolded = (text: string): string => text.replace(/>-\s+/g, "").replace(/\s+/g, " ");

/** Any text in the place of each stand-in. */
const pattern = (text: string): RegExp =>
  new RegExp(
    `^${text
      .split(/⟨[^⟩]*⟩/)
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join("[\\s\\S]*")}$`,
  );
