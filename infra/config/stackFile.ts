import { isScalar, parseDocument, visit, type Document } from "yaml";

import { ConfigError, type Problem } from "./problems";

/** Name of the project in Pulumi.yaml, which stands before each of our keys. */
export const projectName = "webstack";

/** What a stack's file says, whoever reads it: the engine, for the program, or we ourselves. */
export interface StackFile {
  /**
   * Settings by key, without the project's name before it and without secrets. Mappings have their keys sorted; what is neither a mapping
   * nor a list is its text, null where the key has no value.
   */
  readonly raw: Readonly<Record<string, unknown>>;
  /** Keys that hold a secret, each with its encrypted text; of one with a secret somewhere inside, its JSON. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Keys of others than this project, such as "digitalocean:token". */
  readonly foreign: readonly string[];
  readonly opener: Opener;
}

/** What opens the secrets of a file. */
export interface Opener {
  /** A key service's URL, such as "awskms://alias/NAME"; null for a passphrase. */
  readonly provider: string | null;
  /** What else it takes, random and no secret; "" where no secret was ever set. */
  readonly salt: string;
}

/** Values as the engine hands them to the program: each as its text, mappings and lists as JSON. Those of secrets are never looked at. */
export interface EngineValues {
  readonly values: Readonly<Record<string, string>>;
  readonly isSecret: (key: string) => boolean;
}

/**
 * Reads the text of Pulumi.STACK.yaml, without what opens its secrets.
 *
 * @param name of the file, for messages
 * @throws ConfigError with all faults of the text, of which each is told by its line
 */
export function readStackFile(text: string, name: string): StackFile {
  const { document, problems } = examined(text);
  if (problems.length > 0) throw new ConfigError(name, problems);
  const {
    config,
    secretsprovider = "passphrase",
    encryptionsalt = "",
    encryptedkey = "",
  } = (document.toJS() ?? {}) as Readonly<Record<string, string | undefined>> & { config?: object | null };
  const entries = Object.entries((config ?? {}) as Readonly<Record<string, unknown>>).map(([key, value]) => [fullKey(key), value] as const);
  const own = ownEntries(entries);
  const provider = secretsprovider === "passphrase" || secretsprovider === "default" ? null : secretsprovider;
  return {
    raw: Object.fromEntries(
      own
        .filter(([, value]) => !holdsSecret(value))
        .map(([key, value]) => [key, typeof value === "object" ? sorted(value) : setting(String(value))]),
    ),
    secrets: Object.fromEntries(
      own
        .filter(([, value]) => holdsSecret(value))
        .map(([key, value]) => [key, isSecret(value) ? value.secure : JSON.stringify(sorted(value))]),
    ),
    foreign: entries.map(([key]) => key).filter((key) => !key.startsWith(`${projectName}:`)),
    opener: { provider, salt: provider === null ? encryptionsalt : encryptedkey },
  };
}

/** The same of what the engine read, whose secrets are known by their keys alone. */
export function readEngineValues({
  values,
  isSecret: closed,
}: EngineValues): Pick<StackFile, "raw"> & { readonly secretNames: ReadonlySet<string> } {
  const own = ownEntries(Object.entries(values));
  return {
    raw: Object.fromEntries(own.filter(([name]) => !closed(`${projectName}:${name}`)).map(([name, value]) => [name, setting(value)])),
    secretNames: new Set(own.map(([name]) => name).filter((name) => closed(`${projectName}:${name}`))),
  };
}

/** Faults of a stack's file before anybody looks at its keys: at "line 3". */
export const faultsOf = (text: string): readonly Problem[] => examined(text).problems;

/** @throws ConfigError where the text is no stack file; `name` is that of the file */
export function requireStackFile(text: string, name: string): void {
  const problems = faultsOf(text);
  if (problems.length > 0) throw new ConfigError(name, problems);
}

/** Name of the stack that a file of this name describes; null for another file. */
export const stackOf = (fileName: string): string | null => /^Pulumi\.([^/]+)\.yaml$/.exec(fileName)?.[1] ?? null;

/**
 * Path below the project of what this box keeps to itself of a stack of its own: what opens the secrets, and those. cli/privateFile.ts
 * writes it.
 */
export const privatePath = (stack: string): string => `.webstack/Pulumi.${stack}.yaml`;

/**
 * Plain scalars that YAML 1.1 and 1.2 read as something else: the engine would hand over 8 for 010, 1000 for 1_000, and a moment with time
 * and zone for a date. Whoever wrote them meant their text, most likely, so nobody reads them.
 * https://github.com/go-yaml/yaml/blob/v3/resolve.go, https://yaml.org/spec/1.2.2/#1032-tag-resolution
 */
const ambiguous =
  /^([-+]?0[\d_]+|[-+]?0[xob][\da-fA-F_]*_[\da-fA-F_]*|[-+]0[xob].+|0b[01]+|[-+]?\d[\d_]*_[\d_.]*|\d{4}-\d{1,2}-\d{1,2}([Tt ].*)?|[-+]?\.(inf|Inf|INF|nan|NaN|NAN))$/;

function examined(text: string): { readonly document: Document; readonly problems: readonly Problem[] } {
  const document = parseDocument(text, { merge: true });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = error.linePos?.[0].line ?? 1;
    const [what = ""] = error.message.split(/ at line \d+/);
    return {
      document,
      problems: [
        {
          at: `line ${line}`,
          must: "must be YAML",
          got: text.split("\n")[line - 1]?.trim() ?? "",
          hint: `${what.charAt(0).toLowerCase()}${what.slice(1)}`,
        },
      ],
    };
  }
  const problems: Problem[] = [];
  const at = (offset: number): string => `line ${text.slice(0, offset).split("\n").length}`;
  visit(document, {
    Scalar(_key, { type, source, range }) {
      if (type === "PLAIN" && ambiguous.test(source ?? ""))
        problems.push({
          at: at(range?.[0] ?? 0),
          must: "must be in quotes",
          got: source,
          hint: `YAML takes it for a number or a date: "${source ?? ""}"`,
        });
    },
  });
  const whole = document.toJS() as unknown;
  const config = isMapping(whole) ? whole["config"] : undefined;
  if (whole !== null && !isMapping(whole))
    problems.push({ at: "line 1", must: "must be keys with values", got: whole, hint: "the first of a stack's file is config:" });
  else if (config !== undefined && config !== null && !isMapping(config))
    problems.push({ at: "config", must: "must be keys with values", got: config, hint: `for example ${projectName}:target: local` });
  else problems.push(...keyFaults(document, at));
  return { document, problems };
}

/** Keys that the engine would take for no key at all, or two for the same one. */
function keyFaults(document: Document, at: (offset: number) => string): readonly Problem[] {
  const seen = new Map<string, string>();
  const items = (document.get("config") as { readonly items?: readonly { readonly key: unknown }[] } | null | undefined)?.items ?? [];
  return items.flatMap(({ key }): readonly Problem[] => {
    const [name, offset] = isScalar(key) ? [key.value, key.range?.[0] ?? 0] : [key, 0];
    if (typeof name !== "string" || !/^([^:]+:)?(config:)?[^:]+$/.test(name))
      return [{ at: at(offset), must: "must be a key, NAMESPACE:NAME", got: name, hint: `for example ${projectName}:target` }];
    const other = seen.get(fullKey(name));
    seen.set(fullKey(name), name);
    return other === undefined || other === name
      ? []
      : [{ at: at(offset), must: `must stand there once, ${other} says the same`, got: name, hint: "leave one out" }];
  });
}

/**
 * A key with its namespace: "app" and "webstack:config:app" are webstack:app.
 * https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/go/common/workspace/loaders.go
 */
export function fullKey(key: string): string {
  const parts = key.split(":");
  return parts.length === 1 ? `${projectName}:${key}` : `${parts[0] ?? ""}:${parts.at(-1) ?? ""}`;
}

const ownEntries = <T>(entries: readonly (readonly [string, T])[]): readonly (readonly [string, T])[] =>
  entries.flatMap(([key, value]) => (key.startsWith(`${projectName}:`) ? [[key.slice(projectName.length + 1), value] as const] : []));

/**
 * A text is JSON where it can be: `pulumi config set` writes lists so. One that is empty is the engine's word for a key without a value,
 * and for one that is not there.
 */
function setting(text: string): unknown {
  if (text === "") return null;
  if (!/^[[{]/.test(text)) return text;
  try {
    return sorted(JSON.parse(text));
  } catch {
    return text;
  }
}

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `{secure: TEXT}` and nothing beside it. */
export const isSecret = (value: unknown): value is { readonly secure: string } =>
  isMapping(value) && Object.keys(value).length === 1 && typeof value["secure"] === "string";

/** A secret anywhere in a value makes all of it one. */
function holdsSecret(value: unknown): boolean {
  if (isSecret(value)) return true;
  return Array.isArray(value) ? value.some(holdsSecret) : isMapping(value) && Object.values(value).some(holdsSecret);
}

/**
 * Mappings as the engine hands them to the program: it writes them as JSON from a map of Go, whose keys are sorted.
 * https://pkg.go.dev/encoding/json#Marshal
 */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, of]) => [key, sorted(of)]),
  );
}
