import type { FirewallRule, StackPlan } from "../../infra/plan/plan";

/** What the firewall lets in that it did not, and the other way round; one line for each source. */
export interface FirewallDiff {
  readonly opened: readonly string[];
  readonly closed: readonly string[];
}

export function firewallDiff(before: StackPlan | null, after: StackPlan | null): FirewallDiff {
  const [old, now] = [linesOf(before), linesOf(after)];
  return { opened: now.filter((line) => !old.includes(line)), closed: old.filter((line) => !now.includes(line)) };
}

const linesOf = (plan: StackPlan | null): readonly string[] => (plan?.firewall ?? []).flatMap(lines);

function lines({ to, protocol, port, from, why }: FirewallRule): readonly string[] {
  const sources = from.map((source) => (source.kind === "cidr" ? source.cidr : `the ${source.role} hosts`));
  const all = sources.includes("0.0.0.0/0") && sources.includes("::/0") ? ["everybody"] : sources;
  return all.map((source) => `${to} ${protocol === "tcp" ? "" : "UDP "}port ${port} to ${source} (${why})`);
}
