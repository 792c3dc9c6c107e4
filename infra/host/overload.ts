import type { HttpServiceSpec } from "../config/spec";
import { httpOf } from "../services";
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

/** How many requests a service has in flight before nginx refuses the next one. */
export function inFlight(service: HttpServiceSpec): number {
  return Math.min(most, Math.max(least, queue * httpOf(service).atOnce(service)));
}

/** nginx's part of an overload: who is counted, the counters, and what is answered. */
export function overloadFiles(services: readonly HttpServiceSpec[]): readonly ManifestFile[] {
  const text = render("nginx/overload.conf", {
    zones: services.map(({ name }) => `limit_conn_zone $in_flight zone=in_flight_${name}:64k;`).join("\n"),
  });
  return [
    file(`${folder}/overload.conf`, text, { onChange: reload }),
    file(`${folder}/overload-server.conf`, verbatim("nginx/overload-server.conf"), { onChange: reload }),
  ];
}
