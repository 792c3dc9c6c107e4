/** How long nginx lets requests end. Limit: the rule; the rows `release during ...` of tests/machines/faults show that none is lost. */
import { shutdownSeconds } from "../../infra/host/nginx";

test.each([
  [[], 30],
  [[{ timeoutSeconds: 5, drainSeconds: 3 }], 30],
  [[{ timeoutSeconds: 300, drainSeconds: 30 }], 300],
  [[{ timeoutSeconds: 30, drainSeconds: 120 }], 120],
  [[{ timeoutSeconds: 60, drainSeconds: 60 }, { timeoutSeconds: 45, drainSeconds: 90 }], 90],
] as const)("old workers of nginx in front of %j may finish for %i s", (services, expected) => {
  expect(shutdownSeconds(services)).toBe(expected);
});
