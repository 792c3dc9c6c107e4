import { createTwoFilesPatch } from "diff";
import type { Manifest, ManifestAction, ManifestFile } from "../../infra/host/manifest";
import { placeholder } from "./placeholder";
import type { DeclaredState } from "./declaredState";

/** A file of one host that is not as before. */
export interface FileChange {
  readonly host: string;
  readonly path: string;
  /** Unified diff without a head; null for files of hostctl itself, which are named only. */
  readonly patch: string | null;
}

/** A host that only one side has. */
export interface OneSided {
  readonly host: string;
  readonly is: "new" | "gone";
  readonly paths: readonly string[];
}

/** Hosts of one side alone: their files are as many lines as they have, and nobody can compare them. */
export function oneSidedHosts(before: DeclaredState, after: DeclaredState): readonly OneSided[] {
  const listed = (from: DeclaredState, other: DeclaredState, is: OneSided["is"]) =>
    Object.entries(from.manifests)
      .filter(([host]) => other.manifests[host] === undefined)
      .map(([host, { files }]): OneSided => ({ host, is, paths: files.map(({ path }) => path) }));
  return [...listed(before, after, "gone"), ...listed(after, before, "new")];
}

/** What hostctl does on a host that stays, in the words of hostctl/README.md. */
export interface HostChange {
  readonly host: string;
  /** The other digest, where the release changed. */
  readonly release: string | null;
  /** Services that move to their idle slot behind the health gate, with why. */
  readonly rolls: readonly { readonly service: string; readonly why: string }[];
  /** Command services that stop and start, with why. */
  readonly restarts: readonly { readonly service: string; readonly why: string }[];
  readonly reloadUnits: readonly string[];
  readonly restartUnits: readonly string[];
  readonly newUnits: readonly string[];
  readonly goneUnits: readonly string[];
  readonly newServices: readonly string[];
  readonly goneServices: readonly string[];
  readonly packages: readonly string[];
}

const nothing: Manifest = {
  version: 1,
  project: "",
  stack: "",
  host: "",
  debian: "",
  user: "",
  packages: [],
  plain: [],
  files: [],
  checks: [],
  units: [],
  services: [],
  release: null,
};

/** Hosts of both sides whose manifest, or the environment that comes with it, differs. */
export function compareHosts(before: DeclaredState, after: DeclaredState): readonly HostChange[] {
  return Object.entries(after.manifests).flatMap(([host, now]) => {
    const old = before.manifests[host];
    if (old === undefined) return [];
    const environment = now.release !== null && JSON.stringify(before.environment) !== JSON.stringify(after.environment);
    return JSON.stringify(old) === JSON.stringify(now) && !environment ? [] : [compareHost(host, old, now, environment)];
  });
}

function compareHost(host: string, old: Manifest, now: Manifest, environment: boolean): HostChange {
  const actions = changedFiles(old, now).flatMap(([before, after]) => (after ?? before)?.onChange ?? []);
  const release = old.release?.digest !== now.release?.digest ? (now.release?.digest ?? null) : null;
  const had = new Set(old.services.map(({ name }) => name));
  const moved = now.services
    .filter(({ name }) => had.has(name))
    .flatMap((service) => {
      const unit = actions.some((action) => action.verb === "roll" && action.service === service.name);
      const why = release !== null ? "a new release" : unit ? "its unit changes" : environment ? "its environment changes" : null;
      return why === null ? [] : [{ service: service.name, why, slots: service.kind === "slots" }];
    });
  const units = (verb: "reload" | "restart") => [
    ...new Set(
      actions.filter((action): action is Extract<ManifestAction, { unit: string }> => action.verb === verb).map(({ unit }) => unit),
    ),
  ];
  return {
    host,
    release,
    rolls: moved.filter(({ slots }) => slots).map(({ service, why }) => ({ service, why })),
    restarts: moved.filter(({ slots }) => !slots).map(({ service, why }) => ({ service, why })),
    reloadUnits: units("reload"),
    // A timer that is restarted, or is new, interrupts no job.
    restartUnits: units("restart").filter((unit) => !unit.endsWith(".timer")),
    newUnits: now.units.filter((unit) => !old.units.includes(unit)),
    goneUnits: old.units.filter((unit) => !now.units.includes(unit)),
    newServices: now.services.map(({ name }) => name).filter((name) => !had.has(name)),
    goneServices: [...had].filter((name) => now.services.every((service) => service.name !== name)),
    packages: now.packages.filter((name) => !old.packages.includes(name)),
  };
}

function changedFiles(old: Manifest, now: Manifest): readonly (readonly [ManifestFile | undefined, ManifestFile | undefined])[] {
  const olds = new Map(old.files.map((file) => [file.path, file]));
  const news = new Map(now.files.map((file) => [file.path, file]));
  const paths = [...new Set([...olds.keys(), ...news.keys()])].sort();
  const same = (a?: ManifestFile, b?: ManifestFile) =>
    a !== undefined && b !== undefined && a.sha256 === b.sha256 && a.owner === b.owner && a.group === b.group && a.mode === b.mode;
  return paths.map((path) => [olds.get(path), news.get(path)] as const).filter(([a, b]) => !same(a, b));
}

/**
 * Every rendered file that differs on a host of both sides, the app's environment among them, and the user-data of a machine that is made
 * anew.
 */
export function compareFiles(before: DeclaredState, after: DeclaredState, isMadeAnew: (host: string) => boolean): readonly FileChange[] {
  const hosts = Object.keys(after.manifests)
    .filter((host) => before.manifests[host] !== undefined)
    .sort();
  return hosts.flatMap((host) => {
    const [old, now] = [before.manifests[host] ?? nothing, after.manifests[host] ?? nothing];
    const files = changedFiles(old, now).map(([a, b]): FileChange => {
      const path = (b ?? a)?.path ?? "";
      return { host, path, patch: path.startsWith("/usr/local/lib/webstack/hostctl/") ? null : patchOf(textOf(a), textOf(b)) };
    });
    const environments =
      old.release === null && now.release === null
        ? []
        : [{ host, path: "/etc/webstack/env", from: listing(before.environment), to: listing(after.environment) }];
    const firstBoot = isMadeAnew(host) ? [{ host, path: "user-data", from: userDataOf(before, host), to: userDataOf(after, host) }] : [];
    const more = [...environments, ...firstBoot];
    return [
      ...files,
      ...more.filter(({ from, to }) => from !== to).map(({ path, from, to }) => ({ host, path, patch: patchOf(from, to) })),
    ];
  });
}

/** Owner and mode stand before the content where they are not the usual ones, so that their change shows. */
function textOf(file: ManifestFile | undefined): string {
  if (file === undefined) return "";
  const { owner, group, mode, content } = file;
  const usual = owner === "root" && group === "root" && ["0644", "0755"].includes(mode);
  return usual ? content : `[${owner}:${group} ${mode}]\n${content}`;
}

const listing = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .sort()
    .join("");

function userDataOf(side: DeclaredState, host: string): string {
  const given = side.resources?.find(({ name, inputs }) => name === host && typeof inputs["userData"] === "string");
  // Made of stand-ins, the token of a first contact is none, but would look like one.
  return String(given?.inputs["userData"] ?? "").replace(/\b[0-9a-f]{64}\b/g, placeholder("secret", "token"));
}

function patchOf(from: string, to: string): string {
  const lines = createTwoFilesPatch("before", "after", from, to, "", "", { context: 3 }).split("\n");
  const patch = lines
    .filter((line) => !/^(={3,}|--- before|\+\+\+ after)/.test(line))
    .join("\n")
    .trimEnd();
  return patch === "" ? "(an empty file)" : patch;
}
