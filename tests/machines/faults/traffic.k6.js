// Constant arrival rate: https://grafana.com/docs/k6/latest/using-k6/scenarios/executors/constant-arrival-rate/
import http from "k6/http";
import { Trend } from "k6/metrics";

// k6's own times leave out a connection that was never made.
const visit = new Trend("visit");
const hostname = __ENV.URL.split("/")[2];

export const options = {
  // Who signed the certificate is not this file's question.
  insecureSkipTLSVerify: true,
  hosts: hostname === __ENV.ADDRESS ? {} : { [hostname]: __ENV.ADDRESS },
  discardResponseBodies: true,
  systemTags: [],
  scenarios: {
    constant: { executor: "constant-arrival-rate", rate: Number(__ENV.RATE), timeUnit: "1s", duration: "1h", preAllocatedVUs: 400, maxVUs: 1000 },
  },
};

export default function () {
  const sent = Date.now();
  const { status, timings, error_code: error } = http.get(__ENV.URL, { timeout: `${__ENV.PATIENCE}s` });
  // Codes 121x say that no connection could be opened: https://grafana.com/docs/k6/latest/javascript-api/error-codes/
  const connection = error >= 1210 && error < 1220 ? "none" : timings.connecting === 0 ? "kept" : "new";
  visit.add(Date.now() - sent, { answer: String(status), connection, error: String(error) });
}
