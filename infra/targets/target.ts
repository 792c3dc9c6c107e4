import type { Output } from "@pulumi/pulumi";
import type { TargetName } from "../config/spec";
import type { Problem } from "../config/problems";
import type { Secrets } from "../config/load";
import type { HostFiles } from "../host";
import type { StackPlan } from "../plan/plan";
import type { Release } from "../release/release";

/** A place where stacks can run. */
export interface Target {
  readonly name: TargetName;
  /** Everything the plan asks for that this target cannot give; nothing is skipped in silence. */
  check(plan: StackPlan, known?: Known): readonly Problem[];
  /** Declares the resources. */
  build(plan: StackPlan, files: HostFiles, release: Release, secrets: Secrets): Built;
}

/** What is known of a stack beside its plan. */
export interface Known {
  /** What it logs in to its hosts with. */
  readonly sshPublicKey?: string;
  /** Names of the settings that its file has for providers, such as "digitalocean:token". */
  readonly providerSettings?: readonly string[];
  /** The day on which it is asked, "2026-11-22"; today unless told otherwise. */
  readonly day?: string;
}

/** What a target hands back: the values people and CI read. */
export interface Built {
  readonly siteUrl: Output<string>;
  /** Where records of the site's names lead, known before anything serves. */
  readonly address: Output<string>;
  readonly hosts: readonly BuiltHost[];
  /** Without its password; null where the stack has no database. */
  readonly database: Output<BuiltDatabase> | null;
  /** Resolves when the release serves. */
  readonly serving: Output<string>;
}

export interface BuiltHost {
  readonly name: string;
  readonly address: Output<string>;
  /** User for SSH. */
  readonly user: string;
  /** Public host key, `ssh-ed25519 AAAA...`. */
  readonly hostKey: Output<string>;
  /** When it was last found to differ from what was applied, and was applied again; undefined for never. */
  readonly appliedAgain: Output<string | undefined>;
  /** The cloud's own number of the machine that is in service, where the target keeps snapshots of replaced ones. */
  readonly machine?: Output<string>;
  /** What the machine was made from, where a machine that is new is treated otherwise than one that has served. */
  readonly generation?: Output<string>;
  /** The cloud's own number of the image that it was made from. */
  readonly image?: Output<string>;
  /** That of the machine before it, of which there is a snapshot. */
  readonly snapshotOf?: Output<string | undefined>;
}

export interface BuiltDatabase {
  readonly engine: string;
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly user: string;
  /** The target's name of it, where another one may be beside it. */
  readonly instance?: string;
  /** Of its engine, where another one is another database. */
  readonly version?: string;
  /** Those that the site has left for it. */
  readonly leaving?: readonly string[];
}
