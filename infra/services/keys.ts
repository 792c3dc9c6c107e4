import { unitName, urlPath, urlPrefix } from "../config/schema/formats";
import { computed, group, optional, section } from "../config/schema/section";
import { listOf, wholeNumber } from "../config/schema/type";

/** Keys of every service. */
export const commonKeys = {
  memoryMiB: computed(wholeNumber(32, 1048576), "256, or 96 for each worker where that is more", {
    says: "memory limit of one slot",
    example: 384,
  }),
  after: optional(listOf(unitName, "names of services"), [], { says: "services that must be up before this one starts", example: ["api"] }),
};

/** Keys of the kinds that answer HTTP. */
export const httpKeys = {
  path: optional(urlPrefix, "/", { says: "URL prefix that nginx hands to this service", example: "/api/" }),
  port: computed(wholeNumber(1024, 65535), "no port", {
    says: "port of 127.0.0.1 for other programs of the same host that want one",
    example: 8001,
  }),
  health: group(
    section({
      path: computed(urlPath, "`path` and then healthz", { says: "answers 200 when the service can do its work", example: "/healthz" }),
      live: computed(urlPath, "health.path, of which any answer counts", {
        says: "answers as long as the process works, database or not: the watchdog restarts a service that gives no answer here",
        example: "/livez",
      }),
      startSeconds: optional(wholeNumber(1, 600), 30, {
        says: "how long a new slot may take to answer before its release is refused",
        example: 30,
      }),
    }),
    { says: "how the service tells that it works", example: { path: "/healthz" } },
  ),
  timeoutSeconds: optional(wholeNumber(1, 3600), 30, { says: "how long a request may take before nginx answers 504", example: 30 }),
  drainSeconds: computed(wholeNumber(0, 600), "timeoutSeconds, at most 600", {
    says: "how long the old slot may finish its requests after a release; what lasts longer is cut",
    example: 30,
  }),
};
