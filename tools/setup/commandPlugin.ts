import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { version } from "../command-plugin/version";
import { cacheFolder } from "./folders";
import { findPulumi } from "./pulumi";
import { capture, Failed } from "./process";
import { reachable } from "./reachable";
import type { Step } from "./step";

/** What a stand-in begins with that earlier versions put among the user's plugins, where other projects took it for the official one. */
const mark = "webstack stand-in for the Pulumi command plugin";

const dayMs = 86_400_000;

/**
 * The official plugin of @pulumi/command, which tools/command-plugin gives way to as soon as the user has it. Where it cannot be had it is
 * asked for once a day, and nothing is put into the user's folder.
 */
export const commandPlugin: Step = {
  name: "Pulumi command plugin",
  missing: () => {
    if (isStandIn()) return "a stand-in of ours lies among your own plugins";
    return isInstalled() || wasAskedToday() ? null : "the official one is not here";
  },
  make: async (say) => {
    if (isStandIn())
      for (const ending of ["", ".lock", ".lastused"]) rmSync(`${dirname(official())}${ending}`, { recursive: true, force: true });
    say((await install()) ?? "from https://get.pulumi.com");
    mkdirSync(dirname(asked()), { recursive: true });
    writeFileSync(asked(), "");
  },
};

/** Why it cannot be had, in a line; null where it is there now. */
async function install(): Promise<string | null> {
  const machine = process.arch === "arm64" ? "arm64" : "amd64";
  const instead = "using the stand-in of tools/command-plugin";
  if (
    !(await reachable(`https://get.pulumi.com/releases/plugins/pulumi-resource-command-v${version}-${process.platform}-${machine}.tar.gz`))
  )
    return `https://get.pulumi.com cannot be reached; ${instead}`;
  try {
    // Elsewhere than in the project, whose Pulumi.yaml says what takes its place.
    await capture(findPulumi() ?? "pulumi", ["plugin", "install", "resource", "command", version], { cwd: tmpdir() });
    return null;
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    return `it cannot be installed: ${error.message.split("\n").at(-1) ?? ""}; ${instead}`;
  }
}

const official = (): string =>
  join(process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi"), "plugins", `resource-command-v${version}`, "pulumi-resource-command");

/**
 * The engine marks one whose installation was interrupted.
 * https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/go/common/workspace/plugins.go
 */
const isInstalled = (): boolean => existsSync(official()) && !existsSync(`${dirname(official())}.partial`);

const isStandIn = (): boolean => existsSync(official()) && readFileSync(official()).subarray(0, 200).includes(mark);

const asked = (): string => join(cacheFolder(), "command-plugin", "asked");

const wasAskedToday = (): boolean => existsSync(asked()) && Date.now() - statSync(asked()).mtimeMs < dayMs;
