import { createHash } from "node:crypto";
import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Network } from "../../../providers/nspawn/resources";
import type { Secrets } from "../../config/load";
import { targetDefaults } from "../../config/targets";
import { databaseManifest, databaseServer } from "../../host/database";
import { databaseAddress, type DatabaseMachine, type ManagedDatabase, serverDebian } from "../../host/database/server";
import { databaseCaPath, databaseUrl } from "../../host/environment";
import { verbatim } from "../../host/render";
import { addressIn } from "../../plan/network";
import type { StackPlan } from "../../plan/plan";
import { awaitBoot, connectionTo, deliverBundle } from "../delivery";
import type { BuiltDatabase } from "../target";
import { databaseImage, localMachine, machineKeptOff } from "./machine";
import type { Places } from "./move";

/** A database as a managed one would be: its address, and what an app needs to reach it. */
export interface LocalDatabase {
  readonly output: pulumi.Output<BuiltDatabase>;
  /** For the app's environment; secret. */
  readonly url: pulumi.Output<string>;
  /** Whose data move there in this run; secret. */
  readonly from: pulumi.Output<string | undefined>;
  readonly caPath: string;
  readonly ca: pulumi.Output<string>;
}

/** A machine that runs PostgreSQL or MariaDB with TLS, for the app's hosts only; in a run that moves its data, one more; and after it the one of before, off. */
export function localDatabase(plan: StackPlan, database: ManagedDatabase, network: Network, secrets: Secrets, places: Promise<Places>): LocalDatabase {
  const built = pulumi.output(places.then(({ serving, from, kept }) => {
    const { url, ca } = server(plan, database, network, secrets, serving);
    const old = from === null ? undefined : server(plan, { ...database, version: from.version }, network, secrets, from.name).url;
    for (const name of kept) machineKeptOff(plan, network, name, databaseAddress(plan, name));
    const leaving = from === null ? kept : [from.name];
    const output: BuiltDatabase = { engine: database.engine, ...placeOf(plan, database, serving), instance: serving, version: database.version, ...(leaving.length === 0 ? {} : { leaving }) };
    return { url, ca, old, output };
  }));
  return {
    output: pulumi.unsecret(built.apply(({ output }) => output)),
    url: built.apply(({ url }) => url),
    from: built.apply(({ old }) => old),
    caPath: databaseCaPath,
    ca: pulumi.unsecret(built.apply(({ ca }) => ca)),
  };
}

/** One such machine. It makes the password itself; the state keeps it encrypted. */
function server(plan: StackPlan, database: ManagedDatabase, network: Network, secrets: Secrets, name: DatabaseMachine) {
  const operator = `${addressIn(plan.spec.network.range, 1)}/32`;
  const debian = serverDebian(database);
  const host = localMachine(
    plan,
    network,
    { name, address: databaseAddress(plan, name), debian, image: databaseImage(debian, database.engine), memoryMiB: database.memoryMiB, cpus: 1, keepsData: true },
    secrets.sshPublicKey,
  );
  const applied = deliverBundle(host, databaseManifest(plan, database, operator, name), { env: {}, files: {} }, secrets, null, awaitBoot(host, secrets));
  const engine = databaseServer(database);
  const program = createHash("sha256").update(verbatim(`${engine.folder}/role.sh`)).digest("hex").slice(0, 8);
  const role = new remote.Command(
    name === "database-0" ? "database-role" : `${name}-role`,
    {
      connection: connectionTo(host, secrets),
      // Another program runs again.
      create: `sudo /usr/local/lib/webstack/database-role ${[database.name, database.user, ...engine.roleWords(plan)].join(" ")} # ${program}`,
      logging: remote.Logging.None,
      addPreviousOutputInEnv: false,
    },
    { dependsOn: applied, deletedWith: host.machine, additionalSecretOutputs: ["stdout"] },
  );
  const made = role.stdout.apply((text) => JSON.parse(text) as { password: string; ca: string });
  return {
    url: pulumi.secret(made.apply(({ password }) => databaseUrl(database.engine, { ...placeOf(plan, database, name), password }))),
    ca: made.apply(({ ca }) => ca),
  };
}

const placeOf = (plan: StackPlan, database: ManagedDatabase, name: DatabaseMachine) =>
  ({ host: databaseAddress(plan, name), port: targetDefaults.local.databasePorts[database.engine], name: database.name, user: database.user });
