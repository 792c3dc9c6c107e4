import { computed } from "../../config/schema/section";
import { wholeNumber } from "../../config/schema/type";
import { completeGunicorn, gunicorn, gunicornHttp, gunicornKeys, gunicornUnit, many, type GunicornSpec } from "../gunicorn";
import type { Kind } from "../kind";

const keys = {
  ...gunicornKeys,
  threads: computed(wholeNumber(1, 64), "16, or as many as database.connections allows", {
    says: "threads of each worker: requests that may wait at the same time",
    example: 16,
  }),
};

/** gunicorn with threads. */
export const wsgi: Kind<typeof keys, GunicornSpec> = {
  ...gunicorn,
  says: "a web application of Python's WSGI",
  keys,
  complete: (said, { cpus, threads }) => completeGunicorn(said, said.workers ?? cpus + 1, said.threads ?? threads),
  unit: (service) => gunicornUnit(service, { server: "gunicorn of", values: { threads: service.threads } }),
  detail: ({ workers, threads }) => `${many(workers, "worker")} × ${many(threads, "thread")}`,
  http: gunicornHttp(({ threads }) => threads),
};
