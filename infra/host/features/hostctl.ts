import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Feature } from "../feature";
import { file, type ManifestFile } from "../manifest";
import { render } from "../render";

const folder = join(__dirname, "..", "..", "..", "hostctl");
const library = "/usr/local/lib/webstack/hostctl/";
/** The head of each bundle, which runs before there is a copy of hostctl. */
const receiver = "standalone/receive.py";

export const hostctlPackages: readonly string[] = ["python3"];

/** The program that brings a host to what is declared, and that people operate it by. */
export const hostctl: Feature = ({ spec: { stack } }) => {
  // Every host of a stack has the same, and reading and hashing them is more than half of what rendering a host takes.
  const files = known.get(stack) ?? hostctlFiles(stack);
  known.set(stack, files);
  return { packages: hostctlPackages, files };
};

const known = new Map<string, readonly ManifestFile[]>();

function hostctlFiles(stack: string): ManifestFile[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".py") && !name.startsWith("tests/") && name !== receiver,
  );
  const modules = names.sort().map((name) => file(`${library}${name}`, readFileSync(join(folder, name), "utf8")));
  return [
    file("/usr/local/bin/hostctl", render("bin/hostctl", { stack }), { mode: "0755" }),
    ...modules,
    // By which a copy is known to be whole, see bin/hostctl.
    file(`${library}SHA256SUMS`, modules.map(({ path, sha256 }) => `${sha256}  ${path.slice(library.length)}\n`).join("")),
  ];
}
