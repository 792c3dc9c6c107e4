import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

import { checkSpec } from "../infra/config/parse";
import { ConfigError, type Problem } from "../infra/config/problems";
import { projectName, readStackFile, type StackFile } from "../infra/config/stackFile";
import { planStack } from "../infra/plan";
import type { StackPlan } from "../infra/plan/plan";
import { checkSource } from "../infra/release/check";
import { readSource } from "../infra/release/source";
import type { Known } from "../infra/targets/target";
import { project } from "../tools/setup/folders";
import { pulumi as pulumiStep } from "../tools/setup/pulumi";
import type { Step } from "../tools/setup/step";
import { defaultImageNotice, namesImage, runningDebian } from "./defaultImage";
import { firstFew } from "./firstFew";
import { staleLock, untoldLock } from "./new/stale";
import type { Pulumi } from "./pulumi";
import { deployedManifests } from "./review/deployed";
import { readStack, stackFileOf } from "./stackFiles";
import { UsageError } from "./terminal";

/**
 * What is known to be amiss with a stack in a cloud before the engine fetches anything: its file, secrets that are not set, access that is
 * missing, its source. All at once, since each that comes later costs another try.
 */
export function problemsBefore(stack: string, text: string): readonly Problem[] {
  const file = readStackFile(text, `Pulumi.${stack}.yaml`);
  const { spec, problems } = checked(file, stack);
  // What a target says of a description that is wrong would be said of its defaults.
  if (!problems.every(isUnset)) return problems;
  // Without its cloud's SDK. Node's own import would find no file without its ending.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded only when it is used
  const { check } = require(`../infra/targets/${spec.target}/check`) as { check: (plan: StackPlan, known: Known) => readonly Problem[] };
  return [
    ...problems,
    ...check(planStack(spec), { providerSettings: file.foreign }),
    ...checkSource({ ...spec.app, source: join(project, spec.app.source) }, spec.static, spec.host.debian),
  ];
}

/**
 * Says on standard error what of an app's folder is no part of its release, though somebody may think so, and of which lock nobody can tell
 * how old it is.
 * @throws UsageError where its lock is older than what it was made of: hosts would not get what the app asks for
 */
export function requireFreshLock(stack: string): void {
  const file = readStack(stack);
  const { app: described } = file.raw as { app?: { source?: unknown } };
  if (typeof described?.source !== "string") return;
  const {
    spec: { app, host },
  } = checked(file, stack);
  const source = join(project, app.source);
  if (!existsSync(source)) return;
  const says = staleLock(source, app.requirements, host.debian);
  if (says !== null) throw new UsageError(says);
  const untold = untoldLock(source, app.requirements, host.debian);
  if (untold !== null) console.error(`webstack: ${untold}`);
  const { leftOut } = readSource(source, app.exclude);
  if (leftOut.length > 0)
    console.error(
      `webstack: not released, since git does not track it: ${firstFew(leftOut)}; git add brings one in, app.exclude ends this line`,
    );
}

/** Says on standard error what the default of `host.image` replaces in a stack that was brought up, where its file names no image. */
export async function warnOfDefaultImage(pulumi: Pulumi): Promise<void> {
  const file = readStack(pulumi.stack);
  if (namesImage(file.raw)) return;
  const { spec } = checked(file, pulumi.stack);
  const says = defaultImageNotice(spec.target, runningDebian(deployedManifests(await pulumi.capture(["stack", "export"]))));
  if (says !== null) console.error(`webstack: ${says}.`);
}

/** @throws ConfigError with all of them */
export function requireNoProblems(stack: string): void {
  const problems = problemsOf(stack);
  if (problems.length > 0) throw new ConfigError(basename(stackFileOf(stack)), problems);
}

/**
 * The same before a box without the engine fetches it, unless all that is amiss are secrets that are not set: the stack may have lost
 * those, which the engine tells.
 * @throws ConfigError
 */
export async function requireNoProblemsYet(stack: string, engine: Pick<Step, "missing"> = pulumiStep): Promise<void> {
  if ((await engine.missing()) !== null && problemsOf(stack).some((problem) => !isUnset(problem))) requireNoProblems(stack);
}

function problemsOf(stack: string): readonly Problem[] {
  const file = stackFileOf(stack);
  return existsSync(file) ? problemsBefore(stack, readFileSync(file, "utf8")) : [];
}

const checked = ({ raw, secrets }: StackFile, stack: string) =>
  checkSpec(raw, { project: projectName, stack, secretNames: new Set(Object.keys(secrets)) });

const isUnset = ({ must }: Problem): boolean => must === "must be set";
