import * as pulumi from "@pulumi/pulumi";
import { suiteOf } from "../../../providers/nspawn/store";
import { debianNames, debians } from "../../config/catalog/debian";
import { ConfigError, type Problem } from "../../config/problems";
import type { ManagedDatabase } from "../../config/spec";
import { type DatabaseMachine, databaseMachines, serverDebian, serverVersion } from "../../plan/databaseServer";
import { planHost } from "../../plan/hosts";
import type { HostPlan, StackPlan } from "../../plan/plan";
import type { FormerDatabase, FormerOutputs } from "../formerOutputs";
import { asksFor } from "./asksFor";
import { machineName } from "./names";

/** Which machine is the database of a stack. */
export interface Places {
  readonly serving: DatabaseMachine;
  /** Where the data are, and the version of its server, in a run that moves them. */
  readonly from: { readonly name: DatabaseMachine; readonly version: string } | null;
  /** Left by a run before, and kept, off. */
  readonly kept: readonly DatabaseMachine[];
}

/**
 * Where another version is wanted and no move, the data stay where they are, and {@link problemsOfVersion} refuses that.
 * @param version that the description wants
 * @param asked what the run is asked for beyond an `up`, "" for nothing
 */
export function placesOf(version: string, former: FormerDatabase | undefined, asked: string): Places {
  const serving = machineOf(former?.instance);
  if (asked === asksFor.move && former?.version !== undefined && former.version !== version) {
    return { serving: serving === "database-0" ? "database-1" : "database-0", from: { name: serving, version: former.version }, kept: [] };
  }
  return { serving, from: null, kept: asked === asksFor.drop ? [] : (former?.leaving ?? []).map(machineOf) };
}

/** A machine that is, or was, the database; of the version that the description wants unless told another. */
export function databaseHost({ spec, hosts }: StackPlan, name: DatabaseMachine, version?: string): HostPlan {
  const { database } = spec;
  const other =
    database.kind === "managed" && version !== undefined && version !== database.version
      ? serverDebian({ engine: database.engine, version })
      : undefined;
  const planned = other === undefined ? hosts.find((host) => host.name === name) : undefined;
  return planned ?? planHost(spec, "database", databaseMachines.indexOf(name), other);
}

/** The machines that are the database in this run; where it is somebody else's by now, the one that the stack had. */
export const databaseHosts = (plan: StackPlan, { serving, from }: Places): readonly HostPlan[] => [
  databaseHost(plan, serving),
  ...(from === null ? [] : [databaseHost(plan, from.name, from.version)]),
];

const machineOf = (name: string | undefined): DatabaseMachine => databaseMachines.find((one) => one === name) ?? "database-0";

/**
 * What is wrong with a version that the machine with the data does not have.
 *
 * @param suite that this box's own store says the machine was made from; undefined where it has none of that name
 */
export function problemsOfVersion(
  { engine, version }: ManagedDatabase,
  serving: DatabaseMachine,
  suite: string | undefined,
  stack: string,
): readonly Problem[] {
  const debian = debianNames.find((name) => debians[name].suite === suite);
  if (debian === undefined || serverVersion(engine, debian) === version) return [];
  const has = serverVersion(engine, debian);
  const hint =
    `write version: "${has}"; for ${version}, once npm run up has ended well with that, write it and run npm run upgrade -- ` +
    `${stack}, which moves the data`;
  return [{ at: "database.version", must: `must be "${has}", which ${serving} has`, got: version, hint }];
}

/** What is wrong with another engine than the one that `had` the data at the last `up` that ended well: none reads what the other wrote. */
export function problemsOfEngine(engine: ManagedDatabase["engine"], had: string | undefined, stack: string): readonly Problem[] {
  if (had === undefined || had === engine) return [];
  const hint = `describe a stack of its own for ${engine} and carry the data over; or give them up first: npm run down -- ${stack}`;
  return [{ at: "database.engine", must: `must stay ${had}: the site would begin without its data`, got: engine, hint }];
}

/** Those of this run. @throws ConfigError where the data would have to move and no move was asked for, or cannot */
export async function databasePlaces(plan: StackPlan, former: Promise<FormerOutputs>): Promise<Places> {
  const { database, spec } = plan;
  const { database: known } = await former;
  const places = placesOf(database.kind === "managed" ? database.version : "", known, process.env[asksFor.variable] ?? "");
  // Before the first up that ended well nothing serves, and the provider itself makes no machine anew that keeps data.
  if (database.kind === "managed" && known !== undefined) {
    const other = problemsOfEngine(database.engine, known.engine, spec.stack);
    const problems =
      other.length > 0 || places.from !== null
        ? other
        : problemsOfVersion(database, places.serving, suiteOf(machineName(plan, places.serving)), spec.stack);
    if (problems.length > 0) throw new ConfigError(`Pulumi.${spec.stack}.yaml`, problems);
  }
  if (places.from !== null)
    void pulumi.log.info(`the data move from ${places.from.name} to ${places.serving}; visitors get the maintenance page meanwhile`);
  return places;
}
