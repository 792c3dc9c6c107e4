import type { HttpServiceSpec } from "../config/spec";
import { file, type ManifestAction, type ManifestFile } from "./manifest";
import { render, verbatim } from "./render";

const folder = "/etc/nginx/webstack";
const reload: readonly ManifestAction[] = [{ verb: "reload", unit: "nginx.service" }];

/** Requests that may wait behind each one that is being worked on: eight pages of 50 ms are less than half a second. */
const queue = 8;
/** A restart takes a second, in which a small service must not refuse its few visitors. */
const least = 128;
/** Below the Backlog= of the service's socket, so that checks find room in it. */
const most = 448;
/** What one worker of an asgi service works on at the same time, as it waits without threads. */
const asgiConcurrency = 16;

/** How many requests a service has in flight before nginx refuses the next one. */
export function inFlight({ kind, workers, threads }: Pick<HttpServiceSpec, "kind" | "workers" | "threads">): number {
  const atOnce = workers * (kind === "asgi" ? asgiConcurrency : threads);
  return Math.min(most, Math.max(least, queue * atOnce));
}

/** nginx's part of an overload: who is counted, the counters, and what is answered. */
export function overloadFiles(services: readonly HttpServiceSpec[]): readonly ManifestFile[] {
  const text = render("nginx/overload.conf", { zones: services.map(({ name }) => `limit_conn_zone $in_flight zone=in_flight_${name}:64k;`).join("\n") });
  return [
    file(`${folder}/overload.conf`, text, { onChange: reload }),
    file(`${folder}/overload-server.conf`, verbatim("nginx/overload-server.conf"), { onChange: reload }),
  ];
}
