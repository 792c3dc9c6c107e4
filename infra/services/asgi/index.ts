import { completeGunicorn, gunicorn, gunicornHttp, gunicornKeys, gunicornUnit, many, type GunicornSpec } from "../gunicorn";
import type { Kind } from "../kind";

/** What one worker works on at the same time, as it waits without threads. */
const concurrency = 16;

/** gunicorn with uvicorn's workers, of one thread each. */
export const asgi: Kind<typeof gunicornKeys, GunicornSpec> = {
  ...gunicorn,
  says: "a web application of Python's ASGI",
  keys: gunicornKeys,
  complete: (said, { cpus }) => completeGunicorn(said, said.workers ?? Math.max(1, cpus), 1),
  unit: (service) => gunicornUnit(service, { server: "gunicorn with uvicorn workers for", values: {} }),
  detail: ({ workers }) => many(workers, "worker"),
  http: gunicornHttp(() => concurrency),
};
