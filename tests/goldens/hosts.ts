import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "../../infra/host/manifest";

/** Of a folder, in whose name stands which hosts have what it holds, see README.md. */
const table = "manifest.txt";

/**
 * Every text and every row of the manifests (by host, such as "ocpizza-local/web-0"), once each, by the path where it is kept.
 * Left out are the texts below /usr/local, which are in the project as they are, and hostctl's modules, which tests/host/common.test.ts
 * has.
 */
export function keptFiles(manifests: ReadonlyMap<string, Manifest>): ReadonlyMap<string, string> {
  const parts = new Map<string, { readonly path: string; readonly text: string; readonly hosts: string[] }>();
  for (const [host, manifest] of manifests) {
    const texts = manifest.files.filter(({ path }) => !path.startsWith("/usr/local/")).map(({ path, content }) => ({ path: path.slice(1), text: content }));
    for (const { path, text } of [...rows(manifest).map((row) => ({ path: table, text: `${row}\n` })), ...texts]) {
      const key = `${path}\n${text}`;
      parts.set(key, { path, text, hosts: [...(parts.get(key)?.hosts ?? []), host] });
    }
  }
  const kept = new Map<string, string>();
  for (const { path, text, hosts } of parts.values()) {
    for (const folder of foldersOf(hosts, [...manifests.keys()])) kept.set(`${folder}/${path}`, (kept.get(`${folder}/${path}`) ?? "") + text);
  }
  return kept;
}

/** Where the text of a kept path stands until now: in the folder from which the first of its hosts has it. */
export function stoodFor(manifests: ReadonlyMap<string, Manifest>): (path: string) => string {
  const root = join(__dirname, "hosts");
  const folders = existsSync(root) ? readdirSync(root).flatMap((name) => (name === "all" ? [name] : readdirSync(join(root, name)).map((stacks) => `${name}/${stacks}`))) : [];
  return (path) => {
    const [, folder = "", below = ""] = /^(all|[^/]+\/[^/]+)\/(.*)$/.exec(path) ?? [];
    const host = [...manifests.keys()].find((one) => isOf(folder, one)) ?? "";
    const stood = folders.find((one) => isOf(one, host) && existsSync(join(root, one, below)));
    return stood === undefined || below === table ? path : `${stood}/${below}`;
  };
}

/** A manifest as lines: one for each value, each member of a list and each part of the release. */
function rows({ files, release, ...rest }: Manifest): readonly string[] {
  const row = (key: string, value: unknown) => `${key} ${JSON.stringify(value)}`;
  const others = files.filter(({ path }) => !path.startsWith("/usr/local/lib/webstack/hostctl/"));
  const lists = { ...rest, files: others.map(({ path, owner, group, mode, onChange }) => ({ path, owner, group, mode, onChange })) };
  return [
    ...Object.entries(lists).flatMap(([key, value]) => [value].flat().map((one: unknown) => row(key, one))),
    ...(release === null ? [row("release", release)] : Object.entries(release).map(([key, value]) => row(`release.${key}`, value))),
  ];
}

const split = (host: string): readonly [stack: string, name: string] => {
  const [stack = "", name = ""] = host.split("/");
  return [stack, name];
};

/** One folder for every host, or else one for each name that these hosts have. */
function foldersOf(hosts: readonly string[], every: readonly string[]): readonly string[] {
  if (hosts.length === every.length) return ["all"];
  return [...new Set(hosts.map((host) => split(host)[1]))].map((name) => {
    const stacks = (of: readonly string[]) => of.map(split).filter(([, one]) => one === name).map(([stack]) => stack);
    return `${name}/${stacks(hosts).length === stacks(every).length ? "all" : stacks(hosts).join("+")}`;
  });
}

function isOf(folder: string, host: string): boolean {
  const [stack, name] = split(host);
  const [folderName, stacks = ""] = folder.split("/");
  return folder === "all" || (folderName === name && (stacks === "all" || stacks.split("+").includes(stack)));
}
