import { existsSync, readFileSync } from "node:fs";
import { parseSpec } from "../infra/config/parse";
import { appSecrets, ownSecrets } from "../infra/config/secretNames";
import type { StackSpec } from "../infra/config/spec";
import { projectName, readStackFile } from "../infra/config/stackFile";
import { stackFileOf } from "./stackFiles";
import { UsageError } from "./terminal";

/**
 * The checked description of a stack from its file alone: no engine, no login, no secret is opened. Secrets that are not set yet
 * count as set, so that a stack can be described before it is made.
 *
 * @throws UsageError where there is no such file, ConfigError with every problem of it
 */
export function readDescription(folder: string, stack: string): StackSpec {
  const file = stackFileOf(stack, folder);
  if (!existsSync(file)) throw new UsageError(`there is no Pulumi.${stack}.yaml; make one: npm run new -- --name ${stack}`);
  return parseDescription(readFileSync(file, "utf8"), stack);
}

/** As {@link readDescription}, of the text of a stack file. */
export function parseDescription(text: string, stack: string): StackSpec {
  const { raw, secrets } = readStackFile(text, `Pulumi.${stack}.yaml`);
  const missing = [...appSecrets(raw), ...ownSecrets(raw)].filter((name) => !Object.hasOwn(raw, name));
  return parseSpec(raw, { project: projectName, stack, secretNames: new Set([...Object.keys(secrets), ...missing]) });
}
