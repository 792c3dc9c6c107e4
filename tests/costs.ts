/** What a suite of `npm test` costs. */
export interface Cost {
  /** How long a full run on two cores took for it, beside others; loads start first, then the longest. */
  readonly minutes: number;
  /** Machines that it may boot. A suite without any computes, and has the lowest priority. */
  readonly boots: number;
  /**
   * Seconds for which it may send requests at a constant rate; about twice what a quiet box takes, since a load lasts as long as what it
   * disturbs.
   */
  readonly load: number;
  /**
   * How many other suites on machines may run beside it, of one that counts what fails under load: none where it comes near to what a site
   * can serve. A fault has room for a busy box.
   */
  readonly beside?: number;
  /** The stack of tests/machines/shared.ts that it shares with others. */
  readonly stack?: string;
}

/**
 * Every suite of `npm test`. A suite that boots more machines or holds load for longer than its row says fails; whoever adds to a suite
 * adds here, and says in the commit what the time tells. Minutes are what a run ends with; they are noisy, and nothing is held to them.
 */
export const costs: Readonly<Record<string, Cost>> = {
  types: { minutes: 0.2, boots: 0, load: 0 },
  format: { minutes: 0.3, boots: 0, load: 0 },
  lint: { minutes: 0.8, boots: 0, load: 0 },
  hostctl: { minutes: 1.5, boots: 0, load: 0 },
  "examples/bitcoin": { minutes: 0.4, boots: 0, load: 0 },
  "examples/booking": { minutes: 0.6, boots: 0, load: 0 },
  "examples/ocpizza": { minutes: 0.4, boots: 0, load: 0 },
  pure: { minutes: 2.2, boots: 0, load: 0 },
  mocks: { minutes: 1.2, boots: 0, load: 0 },
  goldens: { minutes: 0.6, boots: 0, load: 0 },
  clouds: { minutes: 3.4, boots: 0, load: 0 },
  "machines/alerts": { minutes: 4, boots: 3, load: 100 },
  "machines/aws-restore": { minutes: 8, boots: 5, load: 0 },
  "machines/aws": { minutes: 4.7, boots: 4, load: 90 },
  "machines/backup": { minutes: 9.7, boots: 7, load: 0, stack: "vault" },
  "machines/bitcoin-digitalocean": { minutes: 2, boots: 2, load: 0 },
  "machines/bitcoin": { minutes: 2.9, boots: 2, load: 80 },
  "machines/cloudsim-aws": { minutes: 0.9, boots: 4, load: 0 },
  "machines/cloudsim": { minutes: 1.4, boots: 6, load: 0 },
  "machines/digitalocean": { minutes: 10, boots: 7, load: 0 },
  "machines/exposure": { minutes: 1.2, boots: 3, load: 0, stack: "edge" },
  "machines/faults": { minutes: 8, boots: 6, load: 760, beside: 1, stack: "edge" },
  "machines/hardening": { minutes: 0.8, boots: 2, load: 0, stack: "shop" },
  "machines/judges": { minutes: 0.5, boots: 0, load: 0 },
  "machines/mysql": { minutes: 2.6, boots: 3, load: 0 },
  "machines/new": { minutes: 6.3, boots: 7, load: 0 },
  "machines/nspawn": { minutes: 0.6, boots: 5, load: 0 },
  "machines/operations": { minutes: 4, boots: 3, load: 80, stack: "shop" },
  "machines/overload": { minutes: 0.7, boots: 4, load: 60, beside: 0, stack: "shop" },
  "machines/power": { minutes: 1.9, boots: 0, load: 0 },
  "machines/release": { minutes: 0.6, boots: 2, load: 150, beside: 0, stack: "shop" },
  "machines/review-digitalocean": { minutes: 3.2, boots: 4, load: 0 },
  "machines/review": { minutes: 1.6, boots: 4, load: 0, stack: "shop" },
  "machines/runbook": { minutes: 4.5, boots: 4, load: 0, stack: "vault" },
  "machines/site": { minutes: 8.5, boots: 3, load: 120 },
  "machines/slow": { minutes: 1.5, boots: 2, load: 160, beside: 0, stack: "shop" },
  "machines/tls": { minutes: 2.1, boots: 2, load: 40 },
  "machines/versions": { minutes: 0.6, boots: 0, load: 0 },
  "machines/workflows": { minutes: 8, boots: 2, load: 0 },
};
