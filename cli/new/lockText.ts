import type { Runtime } from "../../infra/release/build";
import { packageName } from "./requirements";
import type { Package } from "./resolve";

/** A file of the app's folder that a lock names. */
interface Named {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

const entry = ({ name, version, sha256 }: Named): string => `${packageName(name)}==${version} \\\n    --hash=sha256:${sha256}\n`;

/** Each package with the hash of its one wheel, by name, in the form of a requirements file. */
export const entriesOf = (packages: readonly Package[], beside: readonly Named[] = []): string =>
  [
    ...packages.map(({ name, version = "", wheels: [wheel] = [] }) => entry({ name, version, sha256: wheel?.hashes.sha256 ?? "" })),
    ...beside.map(entry),
  ]
    .sort()
    .join("");

/** Text of the lock: a head that says what it is of, and what hosts install. */
export function lockText(
  from: string,
  mark: string,
  folders: readonly string[],
  indexes: readonly string[],
  packages: readonly Package[],
  beside: readonly Named[],
  { python, architecture }: Runtime,
): string {
  return [
    `# Wheels for Python ${python} on Linux ${architecture}, chosen by uv from ${from}; what a host installs, and nothing else.\n`,
    "# Made by `npm run new`; `npm run new -- --lock` chooses anew.\n",
    `# Made of: ${[mark, ...folders.map(encodeURI)].join(" ")}\n`,
    ...indexes.map((address) => `--extra-index-url ${address}\n`),
    entriesOf(packages, beside),
  ].join("");
}

/** Name and version of each package of a lock. */
export const lockedPackages = (text: string): ReadonlyMap<string, string> =>
  new Map([...text.matchAll(/^([\w.-]+)==(\S+)/gm)].map(([, name = "", version = ""]) => [packageName(name), version]));
