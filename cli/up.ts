/**
 * npm run up [-- STACK [--rollback-on-failure] [PULUMI-OPTION...]]: brings a stack up: the one that is named, the only one that is up, or
 * `local`. Exit status: 0 it is up, 2 it is up but its first page does not answer as it should, else that of pulumi. With
 * --rollback-on-failure the release before serves again then; 1 where it cannot.
 */
import { project } from "../tools/setup/folders";
import { seconds } from "../tools/setup/step";
import { databaseNote } from "./databaseNote";
import { readDescription } from "./description";
import type { Failure } from "./failure";
import { withPolicy } from "./policy";
import { prepare } from "./prepare";
import type { Pulumi } from "./pulumi";
import { rollBack } from "./rollback/rollBack";
import { notTakenBack, wayBack } from "./rollback/wayBack";
import { whatServes } from "./serving";
import { awaitSite, fetchSite } from "./site";
import { readOutputs, releaseOf, type StackOutputs } from "./stack";
import { main, table } from "./terminal";
import { whichStack } from "./whichStack";

const rollbackOnFailure = "--rollback-on-failure";

/** One page that is lost on the way takes no release back. */
const patienceSeconds = 20;

main(async () => {
  const started = Date.now();
  const { stack, rest } = await whichStack();
  const takesBack = rest.includes(rollbackOnFailure);
  const options = rest.filter((word) => word !== rollbackOnFailure);
  const { pulumi, local, config } = await prepare(stack);
  if (config.production && pulumi.stateFolder !== null) {
    console.log(
      `The state of ${stack} lies in ${pulumi.stateFolder} on this box alone, and without it no verb knows what there is; npm run ` +
        `backend -- ${stack} moves it into a bucket of its own cloud.`,
    );
  }
  const before = takesBack ? await releaseOf(pulumi) : "";
  if (takesBack) console.log(`If the first page does not answer: ${wayBack(readDescription(project, stack)).says}.`);

  // Nothing that costs money or serves customers changes without its preview being read and confirmed.
  const { status, failure } = await withPolicy(config, (words) =>
    pulumi.watch(["up", "--suppress-outputs", ...(local ? ["--yes", "--skip-preview"] : []), ...words, ...options]),
  );
  if (status !== 0) {
    console.error(
      failure === null ? `webstack: stack ${stack} is not up: the lines above say why` : `\n${table(await failureLines(pulumi, failure))}`,
    );
    return status;
  }

  const outputs = await readOutputs(pulumi);
  const { siteUrl, release, database } = outputs;
  const page = await (takesBack ? awaitSite(siteUrl, patienceSeconds) : fetchSite(siteUrl));
  const gone = local
    ? `kept, off; npm run upgrade -- ${stack} --drop-old lets it go`
    : "the next npm run up deletes it, with a final snapshot";
  const lines: (readonly [string, string])[] = [
    ["stack", stack],
    ["release", release],
    ["page", page.text],
    ["took", seconds(Date.now() - started)],
    ["look", `npm run status -- ${stack}`],
    ["remove", `npm run down -- ${stack}`],
    ...(database?.leaving ?? []).map((name) => ["left", `database ${name}: ${gone}`] as const),
  ];
  console.log(
    `\n${page.ok ? "Your site is up" : "The stack is up, but its site does not answer as it should"}: ${siteUrl}\n${table(lines)}\n`,
  );
  const note = local ? databaseNote(database) : null;
  if (note !== null) console.log(`${note}\n`);
  if (page.ok) return 0;
  return takesBack ? takeBack(pulumi, outputs, before) : 2;
});

/** The release that served before this `up` serves again; the settings stay. Result: the exit status. */
async function takeBack(pulumi: Pulumi, { siteUrl, hosts, release }: StackOutputs, before: string): Promise<number> {
  const why = notTakenBack(before, release);
  if (why !== null) {
    console.error(`webstack: nothing is rolled back: ${why}; npm run logs -- ${pulumi.stack} web says more`);
    return 1;
  }
  const status = await rollBack(pulumi, hosts, [before, ...wayBack(readDescription(project, pulumi.stack)).options]);
  if (status !== 0) {
    console.error(`webstack: release ${release} serves on: it could not be rolled back to ${before}; the lines above say why`);
    return 1;
  }
  console.log(`Rolled back: release ${before} serves again (${(await fetchSite(siteUrl)).text}).`);
  return 2;
}

/** What failed, why, and what visitors have now. */
async function failureLines(pulumi: Pulumi, { resource, why }: Failure): Promise<readonly (readonly [string, string])[]> {
  return [
    ["failed", `${resource}; npm run logs -- ${pulumi.stack} deploy has every step of it`],
    ["why", why],
    ["serves", await whatServes(pulumi)],
  ];
}
