/**
 * npm run up [-- STACK [PULUMI-OPTION...]]: brings a stack up, "local" unless told otherwise. Exit status: 0 it is up, 2 it is up but its
 * first page does not answer as it should, else that of pulumi.
 */
import { mariadbNote } from "../infra/host/database/mariadb";
import { seconds } from "../tools/setup/step";
import { withPolicy } from "./policy";
import { prepare } from "./prepare";
import { fetchSite } from "./site";
import { readOutputs } from "./stack";
import { main, stackAndRest, table } from "./terminal";

main(async () => {
  const started = Date.now();
  const { stack, rest } = stackAndRest();
  const { pulumi, local, config } = await prepare(stack);

  // Nothing that costs money or serves customers changes without its preview being read and confirmed.
  const status = await withPolicy(config, (words) => pulumi.run(["up", ...(local ? ["--yes", "--skip-preview"] : []), ...words, ...rest]));
  if (status !== 0) {
    console.error(`webstack: stack ${stack} is not up: pulumi ended with status ${status}; the lines above say why, and npm run up tries again`);
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
