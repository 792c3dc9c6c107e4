import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Network } from "../../../providers/nspawn/resources";
import type { Secrets } from "../../config/load";
import { targetDefaults } from "../../config/targets";
import { databaseManifest, databaseServer } from "../../host/database";
import { databaseAddress, type ManagedDatabase } from "../../host/database/server";
import { databaseCaPath, databaseUrl } from "../../host/environment";
import { addressIn } from "../../plan/network";
import type { StackPlan } from "../../plan/plan";
import { awaitBoot, connectionTo, deliverBundle } from "../delivery";
import type { BuiltDatabase } from "../target";
import { databaseImage, localMachine } from "./machine";

/** A database as a managed one would be: its address, and what an app needs to reach it. */
export interface LocalDatabase {
  readonly output: pulumi.Output<BuiltDatabase>;
  /** For the app's environment; secret. */
  readonly url: pulumi.Output<string>;
  readonly caPath: string;
  readonly ca: pulumi.Output<string>;
}

/** A machine that runs PostgreSQL or MariaDB with TLS, for the app's hosts only. The machine makes the password; the state keeps it encrypted. */
export function localDatabase(
  plan: StackPlan,
  database: ManagedDatabase,
  network: Network,
  secrets: Secrets,
): LocalDatabase {
  const operator = `${addressIn(plan.spec.network.range, 1)}/32`;
  const size = { memoryMiB: database.memoryMiB, cpus: 1 };
  const host = localMachine(plan, network, "database-0", databaseAddress(plan), databaseImage(plan.spec.host.debian, database.engine), size, secrets.sshPublicKey, true);
  const applied = deliverBundle(host, databaseManifest(plan, database, operator), { env: {}, files: {} }, secrets, null, awaitBoot(host, secrets));
  const role = new remote.Command(
    "database-role",
    {
      connection: connectionTo(host, secrets),
      create: `sudo /usr/local/lib/webstack/database-role ${[database.name, database.user, ...databaseServer(database).roleWords(plan)].join(" ")}`,
      logging: remote.Logging.None,
      addPreviousOutputInEnv: false,
    },
    { dependsOn: applied, deletedWith: host.machine, additionalSecretOutputs: ["stdout"] },
  );
  const made = role.stdout.apply((text) => JSON.parse(text) as { password: string; ca: string });
  const place = { host: databaseAddress(plan), port: targetDefaults.local.databasePorts[database.engine], name: database.name, user: database.user };
  return {
    output: pulumi.unsecret(role.stdout.apply(() => ({ engine: database.engine, ...place }))),
    url: pulumi.secret(made.apply(({ password }) => databaseUrl(database.engine, { ...place, password }))),
    caPath: databaseCaPath,
    ca: pulumi.unsecret(made.apply(({ ca }) => ca)),
  };
}
