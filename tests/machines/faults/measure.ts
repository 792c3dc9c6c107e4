import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, Outcome } from "./fault";
import { Orders } from "./orders";
import type { FaultSite } from "./site";
import { type Sample, statuses, type Traffic } from "./traffic";

/** Lets a fault happen while visitors come and customers order. @throws AssertionError when the site does not meet it as it must */
export async function measure(site: FaultSite, fault: Fault, traffic: Traffic): Promise<Outcome> {
  await site.normal(30, "products");
  const orders = await Orders.begin(site);
  const from = Date.now();
  await sleep(1000);
  const seen = await fault.run(site).finally(() => orders.end().catch(() => undefined));
  await site.normal(30, "products");
  await sleep(1000);
  const samples = await traffic.between(from, Date.now());
  const outcome = { ...summed(samples), ...(await orders.end()), seen };
  assert.equal(outcome.lost, 0, `${outcome.lost} of ${outcome.orders} acknowledged orders are lost`);
  assert.ok(outcome.requests > traffic.rate, `only ${outcome.requests} requests were sent`);
  if (fault.fails === "none")
    assert.equal(outcome.failed, 0, `${outcome.failed} of ${outcome.requests} requests failed: ${statuses(samples)}`);
  else assert.ok(outcome.seconds <= (fault.seconds ?? 0), `requests failed for ${outcome.seconds.toFixed(1)} s: ${statuses(samples)}`);
  fault.judge?.(samples);
  return outcome;
}

function summed(samples: readonly Sample[]): Pick<Outcome, "requests" | "failed" | "longest" | "seconds"> {
  const failed = samples.filter(({ status }) => status !== 200);
  const first = Math.min(...failed.map(({ sent }) => sent));
  const last = Math.max(...failed.map(({ sent, took }) => sent + took));
  return {
    requests: samples.length,
    failed: failed.length,
    longest: Math.max(0, ...samples.map(({ took }) => took)),
    seconds: failed.length === 0 ? 0 : (last - first) / 1000,
  };
}
