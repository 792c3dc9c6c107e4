import type { Rule } from "../policy/rule";
import { rules, waits } from "../policy/rules";

const strictness = { mandatory: "always binds", production: "binds where data is protected", advisory: "advice" } as const;

/** docs/policy.md: every rule, and how to decide against one. */
export function policyPage(): string {
  const row = ({ id, types, must, why, remediation, url, enforcementLevel }: Rule) =>
    `| \`${id}\` | ${types.map((type) => type.replace(/^.*:/, "")).join(", ")} must ${must}: ${why} | ` +
    `${strictness[enforcementLevel]} | ${remediation} | [source](${url}) |`;
  const head = ["| rule | what and why | how strict | mend | |", "|---|---|---|---|---|"];
  return [
    "# Rules that every stack is held to",
    "",
    `Made from policy/rules by \`npm run reference\`. There are ${rules.filter((rule) => !waits(rule)).length}. They run in \`npm ` +
      `run preview\` and \`npm run up\` of a stack on a cloud (as a policy pack of the engine, before anything is made), in`,
    "`npm run review`, and in the tests over the graph of every example; not on `local`, of which no rule speaks. A bare `pulumi " +
      "up` is held to them by `--policy-pack policy/webstack-policy`, to all that bind where data",
    "is protected, and without exceptions: those, and that a stack protects nothing, our verbs tell the pack. A rule that binds " +
      "stops the update; advice is told.",
    "",
    "To decide against a rule, for one resource, say so in the stack's file, with the reason:",
    "",
    "```yaml",
    "webstack:policy:",
    "  exceptions:",
    "    - rule: do-database-standby",
    "      resource: database",
    "      reason: half an hour without orders costs less than a standby",
    "```",
    "",
    ...head,
    ...rules.filter((rule) => !waits(rule)).map(row),
    "",
    "## Rules that wait",
    "",
    "Nothing here makes balancers or launch templates yet. The rules about them bind what does, from its first day, and are not " +
      "counted above.",
    "",
    ...head,
    ...rules.filter(waits).map(row),
    "",
  ].join("\n");
}
