import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "../infra/config/problems";
import { isMandatory, unknownExceptions, type Exception } from "../policy/evaluate";
import { rules } from "../policy/rules";
import { project } from "../tools/setup/folders";
import type { StackConfig } from "./stack";

/**
 * Lends `use` the words that make pulumi hold a stack to the rules: all of them bind a stack that protects its data, and its exceptions are
 * let through. A local stack has nothing that a rule is about, and is spared the second that it takes.
 */
export async function withPolicy<Result>(config: StackConfig, use: (words: readonly string[]) => Promise<Result>): Promise<Result> {
  if (config.target === "local") return use([]);
  const unknown = unknownExceptions(rules, config.exceptions);
  if (unknown.length > 0) throw new ConfigError("policy.exceptions", unknown);
  const folder = mkdtempSync(join(tmpdir(), "webstack-policy-"));
  try {
    const file = join(folder, "config.json");
    writeFileSync(file, JSON.stringify(packConfig(config)));
    return await use(["--policy-pack", join(project, "policy/webstack-policy"), "--policy-pack-config", file]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** https://www.pulumi.com/docs/iac/crossguard/configuration/ */
export function packConfig({
  production,
  exceptions,
}: {
  readonly production: boolean;
  readonly exceptions: readonly Exception[];
}): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    rules.map(({ id, enforcementLevel }) => [
      id,
      {
        enforcementLevel: isMandatory({ enforcementLevel }, production) ? "mandatory" : "advisory",
        exceptions: exceptions.filter(({ rule }) => rule === id).map(({ resource, reason }) => ({ resource, reason })),
      },
    ]),
  );
}
