import { existsSync, readFileSync } from "node:fs";
import type { Cost } from "../../tests/costs";
import type { Use } from "../../tests/machines/record";

/** What a suite asked of the box: machines booted, seconds of load, stacks that were up already. */
export interface Uses {
  readonly boots: number;
  readonly load: number;
  readonly shared: readonly string[];
}

/** Sums up what the tests of a suite wrote down, one JSON object a line. */
export function usesIn(file: string): Uses {
  const lines = existsSync(file)
    ? readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line !== "")
    : [];
  const all = lines.map((line) => JSON.parse(line) as Use);
  const total = (key: "boots" | "load") => all.reduce((sum, use) => sum + (use[key] ?? 0), 0);
  return { boots: total("boots"), load: Math.round(total("load")), shared: all.flatMap(({ shared }) => shared ?? []) };
}

/** What a suite took beyond its row of tests/costs.ts, as a sentence; null when it kept to it. */
export function beyond(name: string, uses: Uses, cost: Cost | undefined): string | null {
  if (cost === undefined) return `${name} has no row in tests/costs.ts; it booted ${uses.boots} machines and held ${uses.load} s of load`;
  const over = (["boots", "load"] as const).filter((key) => uses[key] > cost[key]);
  if (over.length === 0) return null;
  const says = {
    boots: `${uses.boots} machines booted, must be at most ${cost.boots}`,
    load: `${uses.load} s of load, must be at most ${cost.load}`,
  };
  return `${name} costs more than tests/costs.ts says: ${over.map((key) => says[key]).join("; ")}`;
}
