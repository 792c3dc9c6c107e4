import { computed, required } from "../../../infra/config/schema/section";
import { text, wholeNumber } from "../../../infra/config/schema/type";
import type { HttpServiceSpec } from "../../../infra/config/spec";
import { completeHttp } from "../../../infra/services/http";
import { httpKeys } from "../../../infra/services/keys";
import type { Kind } from "../../../infra/services/kind";

interface RackSpec extends HttpServiceSpec {
  readonly rackup: string;
  readonly threads: number;
}

const keys = {
  rackup: required(text("a file that ends in .ru", /^[\w/-]+\.ru$/), { says: "the file that puma loads", example: "config.ru" }),
  threads: computed(wholeNumber(1, 64), "5, or as many as database.connections allows", { says: "threads of each slot", example: 5 }),
  ...httpKeys,
};

/** A kind that is not shipped, whole in this folder: a Ruby application that puma runs in one process. */
export const rack: Kind<typeof keys, RackSpec> = {
  says: "a web application of Ruby's Rack",
  keys,
  complete({ rackup, memoryMiB = 320, after, ...said }, defaults) {
    const threads = said.threads ?? Math.min(5, defaults.threads);
    return { ...completeHttp({ ...said, memoryMiB, after }), rackup, threads, memoryMiB, after };
  },
  connections: ({ threads }) => ({ count: 2 * threads, because: `${threads} threads x 2 slots` }),
  packages: ["puma", "ruby"],
  files: [{ path: "/usr/local/lib/webstack/puma.rb", source: "tests/services/rack/puma.rb" }],
  unit: ({ rackup, threads }) => ({
    path: "tests/services/rack/unit.service",
    values: { rackup, limits: { path: "tests/services/rack/limits", values: { tasks: threads + 16 } } },
  }),
  detail: ({ threads }) => `${threads} threads`,
  http: {
    atOnce: ({ threads }) => threads,
    location: ({ name, path }, inFlight) => ({ path: "tests/services/rack/location", values: { service: name, path, inFlight } }),
    processes: ({ name }) => ({ least: 1, pattern: `^puma .*/${name}-(blue|green)` }),
  },
};
