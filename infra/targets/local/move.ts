import * as pulumi from "@pulumi/pulumi";
import { type DatabaseMachine, databaseMachines, serverDebian } from "../../plan/databaseServer";
import { planHost } from "../../plan/hosts";
import type { HostPlan, StackPlan } from "../../plan/plan";
import type { FormerDatabase, FormerOutputs } from "../formerOutputs";

/** Of the environment: what `npm run upgrade` asks a run for, see docs/decisions/0027-a-local-database-moves-beside-the-old-one.md. */
export const asksFor = { variable: "WEBSTACK_DATABASE", move: "move", drop: "drop-old" } as const;

/** Which machine is the database of a stack. */
export interface Places {
  readonly serving: DatabaseMachine;
  /** Where the data are, and the version of its server, in a run that moves them. */
  readonly from: { readonly name: DatabaseMachine; readonly version: string } | null;
  /** Left by a run before, and kept, off. */
  readonly kept: readonly DatabaseMachine[];
}

/**
 * Where another version is wanted and no move, the data stay where they are: the provider then refuses to make that machine anew, at the preview.
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
  const other = database.kind === "managed" && version !== undefined && version !== database.version ? serverDebian({ engine: database.engine, version }) : undefined;
  const planned = other === undefined ? hosts.find((host) => host.name === name) : undefined;
  return planned ?? planHost(spec, "database", databaseMachines.indexOf(name), other);
}

/** The machines that are the database in this run; where it is somebody else's by now, the one that the stack had. */
export const databaseHosts = (plan: StackPlan, { serving, from }: Places): readonly HostPlan[] =>
  [databaseHost(plan, serving), ...(from === null ? [] : [databaseHost(plan, from.name, from.version)])];

const machineOf = (name: string | undefined): DatabaseMachine => databaseMachines.find((one) => one === name) ?? "database-0";

/** Those of this run. */
export async function databasePlaces({ database }: StackPlan, former: Promise<FormerOutputs>): Promise<Places> {
  const { database: known } = await former;
  const places = placesOf(database.kind === "managed" ? database.version : "", known, process.env[asksFor.variable] ?? "");
  if (places.from !== null) void pulumi.log.info(`the data move from ${places.from.name} to ${places.serving}; visitors get the maintenance page meanwhile`);
  return places;
}
