/**
 * npm run down [-- STACK [--without-backup] [PULUMI-OPTION...]]: deletes what the stack made. Asks before it does, except for a local
 * stack; makes a last backup first, except of a local one, and tells what stays and what that costs; refuses a protected stack.
 */
import { relative } from "node:path";
import { project } from "../tools/setup/folders";
import { run } from "../tools/setup/process";
import { chooseHost, withLogin } from "./hostLogin";
import { leftovers } from "./leftovers";
import { backupHost, parseState, refusal } from "./protection";
import { Pulumi } from "./pulumi";
import { readConfig, readOutputs } from "./stack";
import { secretsFileOf, stackFileOf } from "./stackFiles";
import { main, table, UsageError } from "./terminal";
import { whichStack } from "./whichStack";

const withoutBackup = "--without-backup";

/**
 * What the engine says at its end: of a command that would take the stack's file with all secrets along, by a name that is not on
 * everybody's PATH.
 * https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/cmd/pulumi/operations/destroy.go
 */
const ofRemoval =
  /^(The resources in the stack have been deleted, but the history|If you want to remove the stack completely, run `pulumi stack rm)/;

main(async () => {
  const { stack, rest } = await whichStack();
  const pulumi = new Pulumi(stack);
  await pulumi.require();
  const resources = parseState(await pulumi.capture(["stack", "export"]));
  if (resources.length === 0) {
    console.log(`Stack ${stack} is not up: there is nothing to delete.`);
    return 0;
  }
  const refused = refusal(stack, resources);
  if (refused !== undefined) throw new UsageError(refused);

  const local = (await readConfig(pulumi)).target === "local";
  const keeper = backupHost(resources);
  if (!local && keeper !== undefined && !rest.includes(withoutBackup)) await lastBackup(pulumi, keeper);
  const { stays, goes } = leftovers(resources);
  if (goes.length > 0) console.log(`\nThis goes for good, with the machines and the network:\n${table(goes)}`);
  const left =
    stays.length === 0
      ? "Nothing of its data is left."
      : `This stays, and costs US dollars a month (of AWS: in us-east-1) until somebody deletes it:\n${table(stays)}`;
  if (!local) console.log(`\n${left}\n`);
  const words = [...(local ? ["--yes", "--skip-preview"] : []), ...rest.filter((word) => word !== withoutBackup)];
  const asks = process.stdin.isTTY && !words.some((word) => word === "--yes" || word === "-y");
  const status = await (asks
    ? pulumi.run(["destroy", ...words])
    : pulumi.run(["destroy", ...words, ...(process.stdout.isTTY ? ["--color", "always"] : [])], ofRemoval));
  if (status !== 0) {
    console.error(`webstack: stack ${stack} is not down: pulumi ended with status ${status}; the lines above say why`);
    return status;
  }
  console.log(
    `\nStack ${stack} is down: its machines and its network are gone. ${keptIn(stack)};` +
      ` npm run up -- ${stack} makes it anew${asks ? "; the engine's stack rm would take its secrets along" : ""}.\n${left}\n`,
  );
  return 0;
});

function keptIn(stack: string): string {
  const [settings, secrets] = [relative(project, stackFileOf(stack)), secretsFileOf(stack)];
  return settings === secrets
    ? `Its settings and secrets are kept in ${settings}`
    : `Its settings are kept in ${settings}, its secrets in ${secrets}`;
}

async function lastBackup(pulumi: Pulumi, keeper: string): Promise<void> {
  const { hosts } = await readOutputs(pulumi);
  const host = chooseHost(hosts, keeper, pulumi.stack);
  console.log(`A last backup, by ${host.name}:`);
  const status = await withLogin(pulumi, hosts, (sshArguments) => run("ssh", [...sshArguments(host), "sudo", "hostctl", "backup"]));
  if (status !== 0) {
    throw new UsageError(
      `the last backup failed, so nothing was deleted; mend it, or go without one: npm run down -- ${pulumi.stack} ${withoutBackup}`,
    );
  }
}
