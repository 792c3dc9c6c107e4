import type { Keys, Values } from "../config/schema/section";
import type { HttpServiceSpec, ServiceSpec } from "../config/spec";
import type { commonKeys } from "./keys";

/**
 * The driver of a kind of service: what a stack file says of one, what it needs of host and database, and how a host runs it. Nobody asks a
 * service what kind it is; what differs between kinds is a property here. `K` are its own keys, `S` is its complete description.
 */
export interface Kind<K extends Keys = Keys, S extends ServiceSpec = ServiceSpec> {
  /** What such a service is, for the reference. */
  readonly says: string;
  /** Its keys in a stack file, beside those that every service has. */
  readonly keys: K;
  /** Fills in the defaults that depend on other keys, as the keys word them. */
  complete(said: Said<K>, defaults: Defaults): Omit<S, "name" | "kind">;
  /** Connections to the database that it may hold at once, in both slots where it has two. */
  connections(service: S): Connections;
  /** Debian packages of a host that runs it, beside Python's, which every release has. */
  readonly packages: readonly string[];
  /** Files of the host that its services share. */
  readonly files: readonly SharedFile[];
  /**
   * Its unit of systemd, the same for both slots where it has two: `service`, `app`, `after` (units), `memoryMiB` and `sandbox` are filled
   * in beside its own values.
   */
  unit(service: S): Template;
  /** Its size, or what it runs, in the picture of a stack. */
  detail(service: S): string;
  /** How it answers HTTP: in two slots, behind nginx and a health gate. null: one process, which a release restarts. */
  readonly http: Http<S> | null;
}

export interface Http<S extends ServiceSpec = HttpServiceSpec> {
  /** Requests that it works on at the same time. */
  atOnce(service: S): number;
  /** nginx's location, which refuses what comes beyond `inFlight` requests. */
  location(service: S, inFlight: number): Template;
  /** What NRPE counts: as many processes at least have a command line of this regular expression, in either slot. */
  processes(service: S): { readonly least: number; readonly pattern: string };
}

/** What a stack file says of a service of these keys. */
export type Said<K extends Keys> = Values<K> & Values<typeof commonKeys>;

/** What defaults are worked out from. */
export interface Defaults {
  /** Cores of the host. */
  readonly cpus: number;
  /** Requests that a process may wait with at the same time: what the database's connections allow. */
  readonly threads: number;
}

export interface Connections {
  readonly count: number;
  /** How they come about, such as "2 workers x 4 threads x 2 slots"; "" where they are one. */
  readonly because: string;
}

/** A file of the host, as it is in the project. */
export interface SharedFile {
  readonly path: string;
  /** Below the project. */
  readonly source: string;
}

/** A file of the project, less its `.tmpl`, and what its variables are; a value that is a template is its text. */
export interface Template {
  readonly path: string;
  readonly values: Readonly<Record<string, string | number | Template>>;
}
