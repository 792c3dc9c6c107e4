import * as pulumi from "@pulumi/pulumi";
import { type DatabaseMachine, databaseMachines } from "../../host/database/server";
import type { StackPlan } from "../../plan/plan";
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

const machineOf = (name: string | undefined): DatabaseMachine => databaseMachines.find((one) => one === name) ?? "database-0";

/** Those of this run. */
export async function databasePlaces({ database }: StackPlan, former: Promise<FormerOutputs>): Promise<Places> {
  const { database: known } = await former;
  const places = placesOf(database.kind === "managed" ? database.version : "", known, process.env[asksFor.variable] ?? "");
  if (places.from !== null) void pulumi.log.info(`the data move from ${places.from.name} to ${places.serving}; visitors get the maintenance page meanwhile`);
  return places;
}
