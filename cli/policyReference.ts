import { rules } from "../policy/rules";

const strictness = { always: "always binds", production: "binds where data is protected", never: "advice" } as const;

/** docs/policy.md: every rule, and how to decide against one. */
export function policyPage(): string {
  const rows = rules.map(({ id, types, must, why, mend, url, binds }) => `| \`${id}\` | ${types.map((type) => type.replace(/^.*:/, "")).join(", ")} must ${must}: ${why} | ${strictness[binds]} | ${mend} | [source](${url}) |`);
  return [
    "# Rules that every stack is held to",
    "",
    "Made from policy/rules by `npm run reference`. They run in `npm run preview` and `npm run up` (as a policy pack of the engine, before anything is made), in `npm run review`, and in the tests over",
    "the graph of every example. `pulumi up --policy-pack policy/webstack-policy` does the same without our verbs. A rule that binds stops the update; advice is told.",
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
    "| rule | what and why | how strict | mend | |",
    "|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}
