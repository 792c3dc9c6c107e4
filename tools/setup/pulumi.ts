import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { cacheFolder, findProgram, project } from "./folders";
import { goBuild } from "./go";
import { unpackPinned } from "./pinned";
import { reachable } from "./reachable";
import type { Step } from "./step";

/** The engine that we test with; tools/pulumi/engine/go.mod names the same. */
export const engineVersion = "v3.259.0";

/**
 * SHA-256 of the archives that Pulumi released as that version, by the names of Node's platform and architecture. Two places say the same,
 * which had them from downloads of their own: the release's Homebrew formula, https://github.com/pulumi/homebrew-tap/commit/51fb494, and a
 * Nix shell of somebody else.
 */
export const archives: Readonly<Record<string, string>> = {
  "linux-x64": "94ba357acac23d01474084c4b00098dc0f7bc70ce13f34c777459254a5f718e5",
  "linux-arm64": "edc8327463a72160bb36cf82cf5062da9c8a244290a706d9980988e7bf486853",
  "darwin-x64": "eaca4c3b8277bfa3ab061fa3b270d1c66358a0b2e613da8c5587a04b7226c534",
  "darwin-arm64": "57c27f179e527e2cf9f62b841a448af72a020e44b2fb4ee0d9bd85556c00c864",
};

/** Where the CLI is; null when it is nowhere. On PATH, where its installer puts it, or in our cache. */
export function findPulumi(): string | null {
  const installed = [join(homedir(), ".pulumi", "bin", "pulumi"), join(releasedFolder(), "pulumi"), join(builtFolder(), "pulumi")];
  return findProgram("pulumi") ?? installed.find(existsSync) ?? null;
}

export const pulumi: Step = {
  name: "Pulumi CLI",
  missing: () => {
    if (findPulumi() === null) return "pulumi is not on PATH";
    return existsSync(host()) && readFileSync(host(), "utf8") !== hostScript
      ? "the language host that was built passes over the options of Pulumi.yaml"
      : null;
  },
  make: async (say) => {
    if (existsSync(host())) return wrapHost(builtFolder());
    const machine = `${process.platform}-${process.arch}`;
    const sha256 = archives[machine];
    const url = `https://get.pulumi.com/releases/sdk/pulumi-${engineVersion}-${machine}.tar.gz`;
    if (sha256 === undefined) return buildFromModules(say, `no release of ${engineVersion} for ${machine} is known here`);
    if (!(await reachable(url))) return buildFromModules(say, "https://get.pulumi.com cannot be reached");
    say(`from ${url}, by its checksum`);
    return unpackPinned({ url, sha256 }, releasedFolder());
  },
};

/** The engine and the Node language host, all that this project needs of Pulumi. The language host was last published at v3.68.0. */
async function buildFromModules(say: (text: string) => void, why: string): Promise<void> {
  say(`${why}; building Pulumi from its Go modules, which takes 3 to 10 minutes, once`);
  const folder = builtFolder();
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    const build = (what: string, source: string, name: string) => {
      say(`building the ${what}`);
      const output = join(unfinished, name);
      const variables = { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": engineVersion };
      return goBuild({ folder: join(project, "tools", "pulumi", source), package: packageOf(source), output, variables });
    };
    await build("Node language host", "nodejs", "pulumi-language-nodejs");
    await build("engine", "engine", "pulumi");
    wrapHost(unfinished);
    rmSync(folder, { recursive: true, force: true });
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function packageOf(source: string): string {
  return source === "engine"
    ? "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
    : "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs";
}

const releasedFolder = (): string => join(cacheFolder(), "pulumi", `${engineVersion}-released`);

function builtFolder(): string {
  return join(cacheFolder(), "pulumi", engineVersion);
}

const host = (folder = builtFolder()): string => join(folder, "pulumi-language-nodejs");

/** A host of v3.68.0 knows the options of Pulumi.yaml as words only, and no engine of today says them. */
export const hostScript = `#!/bin/sh
# In the folder of another program it is as it was.
[ -f tools/pulumi/program.cjs ] || exec "$0-v3.68.0" "$@"
exec "$0-v3.68.0" -typescript=false "-nodeargs=--require ./tools/pulumi/program.cjs" "$@"
`;

function wrapHost(folder: string): void {
  if (!existsSync(`${host(folder)}-v3.68.0`)) renameSync(host(folder), `${host(folder)}-v3.68.0`);
  // Not into the file itself: a run may have it open.
  writeFileSync(`${host(folder)}.new`, hostScript, { mode: 0o755 });
  renameSync(`${host(folder)}.new`, host(folder));
}
