/**
 * npm run upgrade -- [STACK] [--drop-old]: moves the data of a stack on this box to a database machine of the version that its file names
 * by now, and back where that is the one of before. Visitors get the maintenance page meanwhile, and whatever fails leaves the old machine
 * serving, which is kept, off. With --drop-old that one goes for good.
 */
import { asksFor } from "../infra/targets/local/asksFor";
import { project } from "../tools/setup/folders";
import { readDescription } from "./description";
import { prepare } from "./prepare";
import { whatServes } from "./serving";
import { fetchSite } from "./site";
import { readOutputs } from "./stack";
import { isLocal } from "./stackFiles";
import { main, table, UsageError } from "./terminal";
import { nothingToDo } from "./upgrade/nothingToDo";
import { whichStack } from "./whichStack";

const dropOld = "--drop-old";
const engineOptions = ["up", "--suppress-outputs", "--yes", "--skip-preview"];

main(async () => {
  const { stack, rest } = await whichStack();
  const drops = rest.length === 1 && rest[0] === dropOld;
  if (rest.length > 0 && !drops) throw new UsageError(`npm run upgrade -- [STACK] [${dropOld}], got "${rest.join(" ")}"`);
  if (!isLocal(stack))
    throw new UsageError(
      `${stack} is no stack of this box: in a cloud its service upgrades the database, once database.version says so and npm run ` +
        `up -- ${stack} asks for it`,
    );
  const { pulumi } = await prepare(stack);
  const { database } = await readOutputs(pulumi);
  const wanted = readDescription(project, stack).database;
  const nothing = nothingToDo(stack, database, wanted.kind === "managed" ? wanted.version : null, drops);
  if (nothing !== null) throw new UsageError(nothing);

  // The program is told by its environment: no line of the stack's file shall outlive the run that it is for.
  process.env[asksFor.variable] = drops ? asksFor.drop : asksFor.move;
  const asked = await pulumi.watch(engineOptions);
  process.env[asksFor.variable] = "";
  if (asked.status !== 0) {
    console.error(
      `\n${table([
        ["failed", asked.failure === null ? "the lines above say why" : `${asked.failure.resource}: ${asked.failure.why}`],
        ["serves", await whatServes(pulumi)],
        ["again", `npm run upgrade -- ${stack}${drops ? ` ${dropOld}` : ""}`],
      ])}`,
    );
    return asked.status;
  }
  if (drops) {
    console.log(`\nThe machine that the data of ${stack} have left is gone.`);
    return 0;
  }
  // The old machine is off from the run on that finds it left.
  const settled = await pulumi.watch(engineOptions);
  const { siteUrl, database: now } = await readOutputs(pulumi);
  const page = await fetchSite(siteUrl);
  console.log(
    `\nThe data of ${stack} are at ${now?.instance ?? ""}, ${now?.engine ?? ""} ${now?.version ?? ""}.\n${table([
      ["page", page.text],
      ["kept", `${now?.leaving?.join(", ") ?? ""}, off, with what it had`],
      [
        "back",
        `write database.version: "${database?.version ?? ""}" into Pulumi.${stack}.yaml; npm run upgrade -- ${stack} moves them ` +
          "back, with all that was written since",
      ],
      ["let go", `npm run upgrade -- ${stack} ${dropOld}`],
    ])}`,
  );
  return settled.status !== 0 ? settled.status : page.ok ? 0 : 2;
});
