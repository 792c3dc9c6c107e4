/**
 * npm run up [-- STACK [PULUMI-OPTION...]]: brings a stack up, "local" unless told otherwise. Exit status: 0 it is up, 2 it is up but its
 * first page does not answer as it should, else that of pulumi.
 */
import { mariadbNote } from "../infra/host/database/mariadb";
import { seconds } from "../tools/setup/step";
import type { Failure } from "./failure";
import { withPolicy } from "./policy";
import { prepare } from "./prepare";
import type { Pulumi } from "./pulumi";
import { whatServes } from "./serving";
import { fetchSite } from "./site";
import { readOutputs } from "./stack";
import { main, table } from "./terminal";
import { whichStack } from "./whichStack";

main(async () => {
  const started = Date.now();
  const { stack, rest } = await whichStack();
  const { pulumi, local, config } = await prepare(stack);

  // Nothing that costs money or serves customers changes without its preview being read and confirmed.
  const { status, failure } = await withPolicy(config, (words) => pulumi.watch(["up", "--suppress-outputs", ...(local ? ["--yes", "--skip-preview"] : []), ...words, ...rest]));
  if (status !== 0) {
    console.error(failure === null ? `webstack: stack ${stack} is not up: the lines above say why` : `\n${table(await failureLines(pulumi, failure))}`);
    return status;
  }

  const { siteUrl, release, database } = await readOutputs(pulumi);
  const page = await fetchSite(siteUrl);
  const lines: (readonly [string, string])[] = [
    ["stack", stack],
    ["release", release],
    ["page", page.text],
    ["took", seconds(Date.now() - started)],
    ["look", `npm run status -- ${stack}`],
    ["remove", `npm run down -- ${stack}`],
    ...(database?.leaving ?? []).map((name) => ["left", `database ${name}: the next npm run up deletes it, with a final snapshot`] as const),
  ];
  console.log(`\n${page.ok ? "Your site is up" : "The stack is up, but its site does not answer as it should"}: ${siteUrl}\n${table(lines)}\n`);
  if (local && database?.engine === "mysql") console.log(`${mariadbNote}\n`);
  return page.ok ? 0 : 2;
});

/** What failed, why, and what visitors have now. */
async function failureLines(pulumi: Pulumi, { resource, why }: Failure): Promise<readonly (readonly [string, string])[]> {
  return [
    ["failed", `${resource}; npm run logs -- ${pulumi.stack} deploy has every step of it`],
    ["why", why],
    ["serves", await whatServes(pulumi)],
  ];
}
