import { createHash } from "node:crypto";
import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Network } from "../../../providers/nspawn/resources";
import type { Secrets } from "../../config/load";
import type { ManagedDatabase } from "../../config/spec";
import type { HostFiles } from "../../host";
import { serverOf } from "../../host/features/databaseServer";
import { databaseUrl } from "../../host/environment";
import { verbatim } from "../../host/render";
import { chosenAddress } from "../../plan/addresses";
import { databaseCaPath, databasePort } from "../../plan/endpoints";
import type { HostPlan, StackPlan } from "../../plan/plan";
import type { Database } from "../database";
import { awaitBoot, connectionTo, deliverBundle } from "../delivery";
import type { BuiltDatabase } from "../target";
import { localMachine, machineKeptOff } from "./machine";
import { databaseHost, type Places } from "./move";

/**
 * A machine that runs PostgreSQL or MariaDB with TLS, for the app's hosts only; in a run that moves its data, one more; and after it the
 * one of before, off.
 */
export function localDatabase(
  plan: StackPlan,
  database: ManagedDatabase,
  files: HostFiles,
  network: Network,
  secrets: Secrets,
  places: Promise<Places>,
): Database {
  const built = pulumi.output(
    places.then(({ serving, from, kept }) => {
      const server = (host: HostPlan) => databaseMachine(plan, database, host, files, network, secrets);
      const host = databaseHost(plan, serving);
      const { url, ca } = server(host);
      const old = from === null ? undefined : server(databaseHost(plan, from.name, from.version)).url;
      for (const name of kept) machineKeptOff(plan, network, name, chosenAddress(databaseHost(plan, name)));
      const leaving = from === null ? kept : [from.name];
      const output: BuiltDatabase = {
        engine: database.engine,
        ...placeOf(plan, database, host),
        instance: serving,
        version: database.version,
        ...(leaving.length === 0 ? {} : { leaving }),
      };
      return { url, ca, old, output };
    }),
  );
  return {
    output: pulumi.unsecret(built.apply(({ output }) => output)),
    tells: {
      env: { DATABASE_URL: built.apply(({ url }) => url) },
      files: { [databaseCaPath]: pulumi.unsecret(built.apply(({ ca }) => ca)) },
      databaseFrom: built.apply(({ old }) => old),
    },
  };
}

/** One such machine. It makes the password itself; the state keeps it encrypted. */
function databaseMachine(plan: StackPlan, database: ManagedDatabase, host: HostPlan, files: HostFiles, network: Network, secrets: Secrets) {
  const machine = localMachine(
    plan,
    network,
    { ...host, address: chosenAddress(host), memoryMiB: database.memoryMiB, cpus: 1, keepsData: true },
    secrets.sshPublicKey,
  );
  const applied = deliverBundle(machine, {
    manifest: files.of(host),
    late: { env: {}, files: {} },
    secrets,
    archive: null,
    boot: awaitBoot(machine, secrets),
  });
  const server = serverOf(database, host);
  const words = [database.name, database.user, ...server.roleWords(plan)];
  const program = createHash("sha256")
    .update(verbatim(`${server.folder}/role.sh`))
    .digest("hex")
    .slice(0, 8);
  const role = new remote.Command(
    host.name === "database-0" ? "database-role" : `${host.name}-role`,
    {
      connection: connectionTo(machine, secrets),
      // Another program runs again.
      create: `sudo /usr/local/lib/webstack/database-role ${words.join(" ")} # ${program}`,
      logging: remote.Logging.None,
      addPreviousOutputInEnv: false,
    },
    { dependsOn: applied, deletedWith: machine.machine, additionalSecretOutputs: ["stdout"] },
  );
  const made = role.stdout.apply((text) => JSON.parse(text) as { password: string; ca: string });
  return {
    url: pulumi.secret(made.apply(({ password }) => databaseUrl(database.engine, { ...placeOf(plan, database, host), password }))),
    ca: made.apply(({ ca }) => ca),
  };
}

const placeOf = (plan: StackPlan, database: ManagedDatabase, host: HostPlan) => ({
  host: chosenAddress(host),
  port: databasePort(plan),
  name: database.name,
  user: database.user,
});
