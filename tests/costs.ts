/** What a suite of `npm test` costs. */
export interface Cost {
  /** How long a full run on two cores took for it, beside others; the longest starts first. */
  readonly minutes: number;
  /** Machines that it may boot. */
  readonly boots: number;
  /** Seconds for which it may send requests at a constant rate. */
  readonly load: number;
  /** Whether it counts what fails under load and so has the box for itself. */
  readonly alone?: true;
  /** The stack of tests/machines/lease.ts that it shares with others. */
  readonly stack?: string;
}

/**
 * Every suite of `npm test`. A suite that boots more machines or holds load for longer than its row says fails; whoever adds to a suite adds here, and says
 * in the commit what the time tells. Minutes are what a run ends with; they are noisy, and nothing is held to them.
 */
export const costs: Readonly<Record<string, Cost>> = {
  types: { minutes: 1, boots: 0, load: 0 },
  lint: { minutes: 1, boots: 0, load: 0 },
  hostctl: { minutes: 1, boots: 0, load: 0 },
  "examples/bitcoin": { minutes: 1, boots: 0, load: 0 },
  "examples/ocpizza": { minutes: 1, boots: 0, load: 0 },
  pure: { minutes: 1, boots: 0, load: 0 },
  mocks: { minutes: 1, boots: 0, load: 0 },
  goldens: { minutes: 1, boots: 0, load: 0 },
  clouds: { minutes: 1, boots: 0, load: 0 },
  "machines/alerts": { minutes: 1, boots: 9, load: 999 },
  "machines/aws": { minutes: 1, boots: 9, load: 999 },
  "machines/backup": { minutes: 1, boots: 9, load: 999 },
  "machines/bitcoin": { minutes: 1, boots: 9, load: 999 },
  "machines/cloudsim-aws": { minutes: 1, boots: 9, load: 999 },
  "machines/cloudsim": { minutes: 1, boots: 9, load: 999 },
  "machines/digitalocean": { minutes: 1, boots: 9, load: 999 },
  "machines/exposure": { minutes: 1, boots: 9, load: 999, stack: "edge" },
  "machines/faults": { minutes: 1, boots: 9, load: 999, alone: true, stack: "edge" },
  "machines/hardening": { minutes: 1, boots: 9, load: 999, stack: "shop" },
  "machines/judges": { minutes: 1, boots: 9, load: 999 },
  "machines/mysql": { minutes: 1, boots: 9, load: 999 },
  "machines/new": { minutes: 1, boots: 9, load: 999 },
  "machines/nspawn": { minutes: 1, boots: 9, load: 999 },
  "machines/operations": { minutes: 1, boots: 9, load: 999 },
  "machines/overload": { minutes: 1, boots: 9, load: 999, alone: true, stack: "shop" },
  "machines/power": { minutes: 1, boots: 0, load: 0 },
  "machines/release": { minutes: 1, boots: 9, load: 999, alone: true, stack: "shop" },
  "machines/review-digitalocean": { minutes: 1, boots: 9, load: 999 },
  "machines/review": { minutes: 1, boots: 9, load: 999, stack: "shop" },
  "machines/runbook": { minutes: 1, boots: 9, load: 999 },
  "machines/site": { minutes: 1, boots: 9, load: 999 },
  "machines/slow": { minutes: 1, boots: 9, load: 999, alone: true, stack: "shop" },
  "machines/tls": { minutes: 1, boots: 9, load: 999 },
  "machines/workflows": { minutes: 1, boots: 9, load: 999 },
};
