import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { cacheFolder, findProgram, project } from "./folders";
import { goBuild } from "./go";
import { capture } from "./process";
import { reachable } from "./reachable";
import { SetUpError, type Step } from "./step";

/** The engine that we test with; tools/pulumi/engine/go.mod names the same. */
export const engineVersion = "v3.259.0";

/** Where the CLI is; null when it is nowhere. On PATH, where its installer puts it, or in our cache. */
export function findPulumi(): string | null {
  const installed = [join(homedir(), ".pulumi", "bin", "pulumi"), join(builtFolder(), "pulumi")];
  return findProgram("pulumi") ?? installed.find(existsSync) ?? null;
}

export const pulumi: Step = {
  name: "Pulumi CLI",
  missing: () => {
    if (findPulumi() === null) return "pulumi is not on PATH";
    return existsSync(host()) && readFileSync(host(), "utf8") !== hostScript ? "the language host that was built passes over the options of Pulumi.yaml" : null;
  },
  make: async (say) => {
    if (existsSync(host())) wrapHost(builtFolder());
    else if (await reachable("https://get.pulumi.com/")) await installOfficial(say);
    else await buildFromModules(say);
  },
};

async function installOfficial(say: (text: string) => void): Promise<void> {
  say("from https://get.pulumi.com");
  // The installer itself looks for either.
  if (!findProgram("curl") && !findProgram("wget")) throw new SetUpError("neither curl nor wget is on PATH; install one of them, or the Pulumi CLI: https://www.pulumi.com/docs/install");
  const script = await (await fetch("https://get.pulumi.com")).text();
  await capture("sh", ["-s", "--", "--version", engineVersion.slice(1), "--no-edit-path"], { stdin: script });
}

/** The engine and the Node language host, all that this project needs of Pulumi. The language host was last published at v3.68.0. */
async function buildFromModules(say: (text: string) => void): Promise<void> {
  say("https://get.pulumi.com cannot be reached; building Pulumi from its Go modules, which takes 3 to 10 minutes, once");
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
