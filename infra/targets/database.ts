import type * as pulumi from "@pulumi/pulumi";
import type { Secrets } from "../config/load";
import { siteEnvironment } from "../host/environment";
import type { StackPlan } from "../plan/plan";
import type { Late } from "./delivery";
import type { BuiltDatabase } from "./target";

/** A database as the stack's hosts and its outputs see it, whatever brings it. */
export interface Database {
  readonly output: pulumi.Output<BuiltDatabase>;
  /** What the hosts that serve are told of it. */
  readonly tells: Told;
}

/** What a host is told late by a part of the stack. */
export interface Told extends Pick<Late, "databaseAdmin" | "databaseFrom"> {
  /** For the app's environment; secret. */
  readonly env: Readonly<Record<string, pulumi.Input<string>>>;
  readonly files: Readonly<Record<string, pulumi.Input<string>>>;
}

/** All that a host that serves is told late: the app's settings and secrets, how it reaches its database, and what its target adds. */
export function lateOf(
  plan: StackPlan,
  { env, monitoring }: Secrets,
  database: Told,
  more: Pick<Late, "files" | "secrets"> = { files: {} },
): Late {
  const { env: databaseEnv, files, ...ways } = database;
  return {
    env: { ...siteEnvironment(plan), ...env, ...databaseEnv },
    files: { ...files, ...more.files },
    ...ways,
    secrets: { ...monitoring, ...more.secrets },
  };
}
