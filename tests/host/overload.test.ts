/** How much a service takes before it refuses. Limit: the rule; tests/machines/overload.test.ts shows what it is worth. */
import { inFlight } from "../../infra/host/overload";
import { httpServices } from "../../infra/services";
import { spec } from "../config/baseline";

test.each([
  [{ kind: "wsgi", workers: 2, threads: 16 }, 256],
  [{ kind: "wsgi", workers: 3, threads: 16 }, 384],
  [{ kind: "wsgi", workers: 8, threads: 16 }, 448],
  [{ kind: "wsgi", workers: 1, threads: 4 }, 128],
  [{ kind: "asgi", workers: 1 }, 128],
  [{ kind: "asgi", workers: 2 }, 256],
] as const)("%j has %i requests in flight at most", (service, expected) => {
  const { services } = spec({ services: { web: { module: "a:b", ...service } }, host: { memoryMiB: 8192 }, database: { kind: "none" } });
  expect(httpServices(services).map(inFlight)).toEqual([expected]);
});
