/**
 * Property values as the engine sends them: plain JSON, in which a secret, an unknown, an asset and an archive are marked
 * by signatures. https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/sig/sig.go
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

export type Value = null | boolean | number | string | readonly Value[] | Properties;
export interface Properties {
  readonly [name: string]: Value | undefined;
}

const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const assetSignature = "c44067f5952c0a294b673a41bacd8c17";
const archiveSignature = "0def7320c3a5731c473e5ecbe6d01bc7";

/** True for every kind of object; an array is none. */
export function isProperties(value: Value | undefined): value is Properties {
  return typeof value === "object" && value !== null && !isList(value);
}

/** `Array.isArray` says nothing about read-only arrays. */
function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

function isSecret(properties: Properties): boolean {
  return properties[signature] === secretSignature;
}

/** The value with every secret in it laid open. */
export function reveal(value: Value | undefined): Value {
  if (value === undefined) return null;
  if (isList(value)) return value.map((inner) => reveal(inner));
  if (!isProperties(value)) return value;
  if (isSecret(value)) return reveal(value["value"]);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, reveal(inner)]));
}

/** Like {@link reveal}, for the properties of a resource. */
export function revealProperties(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, reveal(value)]));
}

/** Whether there is a secret anywhere in the value. */
export function holdsSecret(value: Value | undefined): boolean {
  if (isList(value)) return value.some((inner) => holdsSecret(inner));
  return isProperties(value) && (isSecret(value) || Object.values(value).some(holdsSecret));
}

export function secret(value: Value): Properties {
  return { [signature]: secretSignature, value };
}

export type Source =
  | { readonly kind: "file" | "archive"; readonly path: string; readonly hash: string }
  | { readonly kind: "text"; readonly text: string; readonly hash: string }
  | { readonly kind: "other" };

/** What an asset or archive property refers to; null when the value is neither. */
export function sourceOf(value: Value | undefined): Source | null {
  if (!isProperties(value)) return null;
  const kind = value[signature];
  if (kind !== assetSignature && kind !== archiveSignature) return null;
  const hash = String(value["hash"] ?? "");
  const path = value["path"];
  if (typeof path === "string" && path !== "") return { kind: kind === assetSignature ? "file" : "archive", path, hash };
  const text = value["text"];
  return kind === assetSignature && typeof text === "string" ? { kind: "text", text, hash } : { kind: "other" };
}

/** An asset of a file of this machine, with the digest of what it holds now. */
export function fileAsset(path: string): Properties {
  return { [signature]: assetSignature, path, hash: sha256(readFileSync(path)) };
}

/** An archive made of assets, by their names in it. */
export function assetArchive(assets: Properties): Properties {
  return { [signature]: archiveSignature, assets, hash: sha256(JSON.stringify(assets)) };
}

function sha256(content: Buffer | string): string {
  return createHash("sha256").update(content).digest("hex");
}
