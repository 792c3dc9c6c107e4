import { createHash } from "node:crypto";

/**
 * What `hostctl apply` receives: every file of a host, the packages and units it needs, and the release it shall serve.
 * hostctl/contract.schema.json describes it for both sides, and hostctl/manifest/manifest.py reads it; `version` rises when a reader of the
 * old shape would go wrong.
 */
export interface Manifest {
  readonly version: 1;
  readonly project: string;
  readonly stack: string;
  /** Name of the host, such as "web-0". */
  readonly host: string;
  /** Release of Debian that it is made for, as VERSION_ID of /etc/os-release has it: "13". */
  readonly debian: string;
  /** System user that runs the app; hostctl creates it, without a shell or a home. "" where no app runs. */
  readonly user: string;
  /** Debian packages that must be installed. */
  readonly packages: readonly string[];
  /** Names of the app's environment whose values are no secrets; logs and errors show every other one by its name. */
  readonly plain: readonly string[];
  readonly files: readonly ManifestFile[];
  /** Run after the files are written and before anything is reloaded; a failure puts the old files back. */
  readonly checks: readonly ManifestCheck[];
  /** Units that are enabled and running, beside the slots of the services: nginx.service and its sockets, timers, nftables.service. */
  readonly units: readonly string[];
  readonly services: readonly ManifestService[];
  /** null where no app runs. */
  readonly release: ManifestRelease | null;
}

export interface ManifestFile {
  readonly path: string;
  readonly owner: string;
  readonly group: string;
  /** Octal, four digits: "0644". */
  readonly mode: string;
  /** Of the UTF-8 bytes of `content`, hex. */
  readonly sha256: string;
  readonly content: string;
  /** What a change of this file asks for, once all files are written. A removed file asks for the same. */
  readonly onChange: readonly ManifestAction[];
}

/** `roll` moves a service to its other slot (or restarts a command service); the other two are systemctl's verbs. */
export type ManifestAction =
  { readonly verb: "reload" | "restart"; readonly unit: string } | { readonly verb: "roll"; readonly service: string };

export interface ManifestCheck {
  /** The check runs when a file below this path was written or removed. */
  readonly below: string;
  readonly command: readonly string[];
}

/**
 * A service in slots owns `NAME@.service` and `NAME@.socket`, and the files
 * /etc/nginx/webstack/upstreams/NAME-blue.conf and -green.conf; the symlink NAME.conf beside them is the one truth about
 * which slot serves. A command service owns `NAME.service`.
 */
export type ManifestService =
  | {
      readonly name: string;
      readonly kind: "slots";
      /** Asked on the idle slot's socket, then once through nginx. */
      readonly healthPath: string;
      /** Host header of health requests, a name that nginx serves. */
      readonly healthHost: string;
      readonly startSeconds: number;
      readonly drainSeconds: number;
      /** A request may take this long, so a pause must be shorter. */
      readonly timeoutSeconds: number;
    }
  | { readonly name: string; readonly kind: "command" };

export interface ManifestRelease {
  /** 16 hex digits, see infra/release/digest.ts; the archive is /var/lib/webstack/inbox/DIGEST.tar.gz. */
  readonly digest: string;
  /** Hashed requirements, relative to the source. */
  readonly requirements: string;
  readonly steps: readonly { readonly name: string; readonly command: readonly string[]; readonly timeoutSeconds: number }[];
  /** Folders that steps may write, and whose files are then served below /srv/webstack/shared/static/URL. */
  readonly static: readonly { readonly url: string; readonly folder: string }[];
  readonly keep: number;
  /**
   * `revision` prints the state of the database as its last line; `down` brings it back to {revision}, or is empty; `check` ends with 0
   * where the steps would not change it, or is empty.
   */
  readonly schema: { readonly revision: readonly string[]; readonly down: readonly string[]; readonly check: readonly string[] } | null;
  /** Whether the database is saved before the steps. */
  readonly restorePoint: boolean;
  /** A step that waits longer for a lock of the database is ended. */
  readonly lockTimeoutSeconds: number;
}

/** A file of root's that everybody may read, unless told otherwise. */
export function file(
  path: string,
  content: string,
  { owner = "root", group = "root", mode = "0644", onChange = [] }: Partial<Omit<ManifestFile, "path" | "content" | "sha256">> = {},
): ManifestFile {
  return { path, owner, group, mode, sha256: createHash("sha256").update(content).digest("hex"), content, onChange };
}
