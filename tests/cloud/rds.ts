/** What RDS does with databases beside making their servers, and what it refuses. */
import * as mariadb from "./mariadb";
import type { Plain, Store, Stored } from "./store";

export const Instance = "aws:rds/instance:Instance";
export const ParameterGroup = "aws:rds/parameterGroup:ParameterGroup";
/** No resources of a program: what the cloud keeps by itself. */
const [Snapshot, AutomatedBackups] = ["aws:rds/snapshot:Snapshot", "aws:rds/automatedBackups:AutomatedBackups"];

const text = (value: unknown) => (value === undefined || value === null ? "" : String(value));

/** What a database begins with. */
export interface Beginning {
  /** Statements that make it. */
  readonly history: string;
  readonly user: string;
}

/**
 * null: it begins empty. @throws where RDS restores nothing:
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceToPointInTime.html
 */
export function beginning(store: Store, inputs: Plain): Beginning | null {
  const identifier = text(inputs.identifier);
  if (named(store, identifier) !== undefined) throw new Error(`DBInstanceAlreadyExists: DB instance already exists: ${identifier}`);
  if (inputs.snapshotIdentifier !== undefined) {
    const snapshot = store.get(Snapshot, text(inputs.snapshotIdentifier));
    if (snapshot === undefined) throw new Error(`DBSnapshotNotFound: DBSnapshot not found: ${text(inputs.snapshotIdentifier)}`);
    return begun(store, snapshot, text(snapshot.outputs.history), inputs);
  }
  const moment = inputs.restoreToPointInTime as { readonly sourceDbInstanceIdentifier: string; readonly restoreTime: string } | undefined;
  if (moment === undefined) return null;
  const source = named(store, moment.sourceDbInstanceIdentifier);
  if (source === undefined) throw new Error(`DBInstanceNotFound: DBInstance ${moment.sourceDbInstanceIdentifier} not found.`);
  if (Date.parse(moment.restoreTime) > Date.now())
    throw new Error(`InvalidParameterValue: the specified restore time ${moment.restoreTime} is after the latest restorable time`);
  return begun(store, source, historyOf(source, moment.restoreTime), inputs);
}

const named = (store: Store, identifier: string): Stored | undefined =>
  store.all(Instance).find(({ outputs }) => outputs.identifier === identifier);

function begun(store: Store, from: Stored, history: string, inputs: Plain): Beginning {
  if (from.inputs.engine !== "mysql") throw new Error("the simulated cloud restores only MySQL");
  if (inputs.engine !== from.inputs.engine)
    throw new Error(`InvalidParameterCombination: a ${text(from.inputs.engine)} cannot be restored as ${text(inputs.engine)}`);
  if (Number(inputs.allocatedStorage) < Number(from.inputs.allocatedStorage))
    throw new Error(`InvalidParameterValue: Invalid storage size, must be at least ${text(from.inputs.allocatedStorage)}`);
  // The provider names the parameters in the restore itself, which has the version of what it is made from:
  // https://github.com/hashicorp/terraform-provider-aws/pull/6200
  const [family, needed] = [
    text(groupOf(store, inputs.parameterGroupName)?.inputs.family),
    `${text(inputs.engine)}${text(from.inputs.engineVersion)}`,
  ];
  if (family !== "" && family !== needed)
    throw new Error(
      `InvalidParameterCombination: The Parameter Group ${text(inputs.parameterGroupName)} with DBParameterGroupFamily ${family} ` +
        `can't be used for this instance. Please use a Parameter Group with DBParameterGroupFamily ${needed}`,
    );
  return { history, user: text(from.outputs.username) };
}

const historyOf = ({ inputs, outputs }: Stored, before?: string): string =>
  inputs.engine === "mysql" ? mariadb.history(text(outputs.machine), before) : "";

/** @throws where RDS changes nothing: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html */
export function checkChange({ inputs: old }: Stored, now: Plain): void {
  const [was, is] = [Number(old.engineVersion), Number(now.engineVersion)];
  if (was === is) return;
  if (is < was) throw new Error(`InvalidParameterCombination: Cannot upgrade ${text(now.engine)} from ${was} to ${is}`);
  if (now.allowMajorVersionUpgrade !== true)
    throw new Error(
      "InvalidParameterCombination: The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.",
    );
  // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/blue-green-deployments-considerations.html
  if ((now.blueGreenUpdate as Plain | undefined)?.enabled === true && now.manageMasterUserPassword === true)
    throw new Error("SourceDatabaseNotSupportedFault: the master's password is managed");
}

/**
 * Keeps what is left of a database before it goes. @throws where RDS deletes nothing:
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html
 */
export function end(store: Store, stored: Stored): void {
  const { inputs, outputs } = stored;
  if (inputs.deletionProtection === true)
    throw new Error("InvalidParameterCombination: Cannot delete protected DB Instance, please disable deletion protection and try again.");
  if (inputs.skipFinalSnapshot !== true) {
    const name = text(inputs.finalSnapshotIdentifier);
    if (name === "") throw new Error("final_snapshot_identifier is required when skip_final_snapshot is false");
    if (store.get(Snapshot, name) !== undefined)
      throw new Error(`DBSnapshotAlreadyExists: Cannot create the snapshot because a snapshot with the identifier ${name} already exists.`);
    store.put({ id: name, type: Snapshot, inputs, outputs: { ...outputs, history: historyOf(stored) } });
  }
  // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.Retaining.html
  if (inputs.deleteAutomatedBackups === false) store.put({ id: text(outputs.resourceId), type: AutomatedBackups, inputs, outputs: {} });
}

/**
 * @throws where a database still has these parameters:
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBParameterGroup.html
 */
export function endGroup(store: Store, { inputs: { name } }: Stored): void {
  if (store.all(Instance).some(({ inputs }) => inputs.parameterGroupName === name)) {
    throw new Error(
      `InvalidDBParameterGroupState: One or more database instances are still members of this parameter group ${text(name)}, so ` +
        "the group cannot be deleted",
    );
  }
}

const groupOf = (store: Store, group: unknown): Stored | undefined => store.all(ParameterGroup).find(({ inputs }) => inputs.name === group);

/** What its parameter group sets. */
export function settings(store: Store, group: unknown): Readonly<Record<string, string>> {
  const parameters = (groupOf(store, group)?.inputs.parameters ?? []) as readonly { readonly name: string; readonly value: string }[];
  return Object.fromEntries(parameters.map(({ name, value }) => [name, value]));
}
