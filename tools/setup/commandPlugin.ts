import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { build } from "esbuild";

import { version } from "../command-plugin/version";
import { project } from "./folders";
import { findPulumi } from "./pulumi";
import { capture } from "./process";
import { reachable } from "./reachable";
import type { Step } from "./step";

const source = join(project, "tools", "command-plugin");
const mark = "// webstack stand-in for the Pulumi command plugin, digest ";

/**
 * The plugin of @pulumi/command: the official one where it can be had, else our stand-in. Neither is touched again unless the
 * stand-in's source changed.
 */
export const commandPlugin: Step = {
  name: "Pulumi command plugin",
  missing: () => {
    if (!existsSync(file())) return "not installed";
    const head = readFileSync(file()).subarray(0, 200).toString("latin1");
    return head.includes(mark) && !head.includes(digest()) ? "the stand-in has changed" : null;
  },
  make: async (say) => {
    const machine = process.arch === "arm64" ? "arm64" : "amd64";
    const official = `https://get.pulumi.com/releases/plugins/pulumi-resource-command-v${version}-${process.platform}-${machine}.tar.gz`;
    if (await reachable(official)) {
      say("from https://get.pulumi.com");
      await capture(findPulumi() ?? "pulumi", ["plugin", "install", "resource", "command", version]);
    } else {
      say("https://get.pulumi.com cannot be reached; using the stand-in of tools/command-plugin");
      await installStandIn(file());
    }
  },
};

/** Bundles the stand-in into one file that runs without this folder. */
export async function installStandIn(target: string): Promise<void> {
  mkdirSync(join(target, ".."), { recursive: true });
  const unfinished = `${target}.${process.pid}`;
  const bundle = await build({
    entryPoints: [join(source, "main.ts")],
    bundle: true,
    platform: "node",
    target: "node20",
    minify: true,
    write: false,
    logLevel: "error",
    // Faster ciphers that ssh2 does without where they were not built.
    external: ["*.node", "cpu-features"],
    banner: { js: `#!/usr/bin/env node\n${mark}${digest()}` },
  });
  writeFileSync(unfinished, bundle.outputFiles[0]?.contents ?? "");
  chmodSync(unfinished, 0o755);
  // In one step, so that a running engine never finds half a plugin.
  renameSync(unfinished, target);
}

function file(): string {
  const home = process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi");
  return join(home, "plugins", `resource-command-v${version}`, "pulumi-resource-command");
}

function digest(): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(source).sort()) hash.update(name).update(readFileSync(join(source, name)));
  return hash.digest("hex").slice(0, 16);
}
