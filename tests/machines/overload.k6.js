// Two runs of one file. CAPACITY: as many at once as the app has threads twice over, each asking again when it was answered. RATE: that
// many a second whether or not earlier ones were answered, and a few beside them who ask for a static file and whether the site works.
import http from "k6/http";
import { Counter, Trend } from "k6/metrics";

const answered = new Trend("answered");
const refused = new Trend("refused");
const wrong = new Counter("wrong");
const staticFile = new Trend("static_file");
const health = new Trend("health");

const { SITE, PAGE, STATIC, RATE, SECONDS } = __ENV;
const constant = (exec, rate, preAllocatedVUs) => ({ executor: "constant-arrival-rate", exec, rate, timeUnit: "1s", duration: `${SECONDS}s`, preAllocatedVUs, maxVUs: 1500 });

export const options = {
  discardResponseBodies: true,
  summaryTrendStats: ["count", "med", "p(95)", "p(99)", "max"],
  scenarios: RATE
    ? { visitors: constant("page", Number(RATE), 600), statics: constant("statics", 20, 20), watchers: constant("watchers", 5, 10) }
    : { visitors: { executor: "constant-vus", exec: "page", vus: 64, duration: `${SECONDS}s` } },
};

function tell(path, met) {
  const { status, timings, headers } = http.get(SITE + path, { timeout: "5s" });
  if (status === 200) met.add(timings.duration);
  else if (status === 503 && headers["Retry-After"] === "2") refused.add(timings.duration);
  else wrong.add(1);
  return status;
}

export function page() {
  tell(PAGE, answered);
}

export function statics() {
  if (tell(STATIC, staticFile) !== 200) wrong.add(1);
}

export function watchers() {
  if (tell(".webstack/health/web", health) !== 200) wrong.add(1);
}
