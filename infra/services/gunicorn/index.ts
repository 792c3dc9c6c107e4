import { moduleName } from "../../config/schema/formats";
import { computed, required } from "../../config/schema/section";
import { wholeNumber } from "../../config/schema/type";
import type { HttpServiceSpec } from "../../config/spec";
import { completeHttp, proxied } from "../http";
import { httpKeys } from "../keys";
import type { Http, Kind, Said, Template } from "../kind";

/** A service that gunicorn runs. */
export interface GunicornSpec extends HttpServiceSpec {
  /** `package.module:callable`. */
  readonly module: string;
  readonly workers: number;
  /** Threads of each worker. */
  readonly threads: number;
}

export const gunicornKeys = {
  module: required(moduleName, { says: "the application object that the server loads", example: "ocpizza.wsgi:application" }),
  workers: computed(wholeNumber(1, 64), "host.cpus + 1, for asgi host.cpus", { says: "server processes of each slot", example: 3 }),
  ...httpKeys,
};

type Gunicorn = Kind<typeof gunicornKeys, GunicornSpec>;

/** What every kind that gunicorn runs has. */
export const gunicorn: Pick<Gunicorn, "connections" | "packages" | "files"> = {
  // One for each thread of both slots, since a release runs them side by side.
  connections: ({ workers, threads }) => ({ count: 2 * workers * threads, because: `${workers} workers x ${threads} threads x 2 slots` }),
  packages: [],
  files: [{ path: "/usr/local/lib/webstack/gunicorn.conf.py", source: "infra/services/gunicorn/gunicorn.conf.py" }],
};

/** How it answers HTTP; `atOnce` is how many requests one worker works on at the same time. */
export const gunicornHttp = (atOnce: (service: GunicornSpec) => number): Http<GunicornSpec> => ({
  atOnce: (service) => service.workers * atOnce(service),
  location: proxied,
  // A master and a worker.
  processes: ({ name }) => ({ least: 2, pattern: `^/srv/webstack/slots/${name}-(blue|green)/venv/bin/python` }),
});

/** Fills in what they have in common. */
export function completeGunicorn(said: Said<typeof gunicornKeys>, workers: number, threads: number): Omit<GunicornSpec, "name" | "kind"> {
  const { module, memoryMiB = Math.max(256, 96 * workers), after } = said;
  return { ...completeHttp(said), module, workers, threads, memoryMiB, after };
}

interface Start {
  /** The unit's first words, before "the service". */
  readonly server: string;
  /** Values of the start.tmpl of its kind beside those of every one. */
  readonly values: Template["values"];
}

/** Their unit, which starts gunicorn as the start.tmpl in the folder of the service's kind says. */
export function gunicornUnit(service: GunicornSpec, { server, values: own }: Start): Template {
  const { name, kind, module, workers, threads, health, timeoutSeconds, drainSeconds } = service;
  return {
    path: "infra/services/gunicorn/unit.service",
    values: {
      server,
      interface: kind,
      start: { path: `infra/services/${kind}/start`, values: { service: name, module, workers, timeoutSeconds, drainSeconds, ...own } },
      startSeconds: health.startSeconds,
      stopSeconds: drainSeconds + 5,
      tasks: workers * (threads + 8) + 32,
    },
  };
}

/** `1 worker`, `2 workers`. */
export const many = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;
