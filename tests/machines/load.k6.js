// Constant arrival rate: https://grafana.com/docs/k6/latest/using-k6/scenarios/executors/constant-arrival-rate/
import http from "k6/http";

const hostname = __ENV.URL.split("/")[2].split(":")[0];

export const options = {
  // A stand-in's certificate is served like any other; who signed it is not this file's question.
  insecureSkipTLSVerify: true,
  hosts: __ENV.ADDRESS ? { [hostname]: __ENV.ADDRESS } : {},
  discardResponseBodies: true,
  summaryTrendStats: ["med", "p(99)", "max"],
  scenarios: {
    constant: {
      executor: "constant-arrival-rate",
      rate: Number(__ENV.RATE),
      timeUnit: "1s",
      duration: `${__ENV.SECONDS}s`,
      preAllocatedVUs: 400,
      maxVUs: 1000,
    },
  },
};

export default function () {
  http.get(__ENV.URL, { timeout: `${__ENV.TIMEOUT}s` });
}
