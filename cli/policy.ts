import { join } from "node:path";
import { ConfigError } from "../infra/config/problems";
import { unknownExceptions } from "../policy/evaluate";
import { rules } from "../policy/rules";
import { project } from "../tools/setup/folders";
import type { StackConfig } from "./stack";

/**
 * The words that make pulumi hold a stack to the rules; how strict they are, and what is excepted, the pack reads in the stack's configuration. A
 * local stack has nothing that a rule is about, and is spared the second that it takes.
 */
export function policyWords({ target, exceptions }: Pick<StackConfig, "target" | "exceptions">): readonly string[] {
  if (target === "local") return [];
  const unknown = unknownExceptions(rules, exceptions);
  if (unknown.length > 0) throw new ConfigError("policy.exceptions", unknown);
  return ["--policy-pack", join(project, "policy/webstack-policy")];
}
