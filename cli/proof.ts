/**
 * npm run proof -- STACK [--out FILE]: asks the account of a stack on AWS what no simulation can show, changes nothing, and writes a report
 * without the account's number.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { planStack } from "../infra/plan";
import { project } from "../tools/setup/folders";
import { capture, Failed } from "../tools/setup/process";
import { readDescription } from "./description";
import { outOf } from "./out";
import { checksOf, type Word } from "./proof/checks";
import { asText, judged, report, type Answered } from "./proof/report";
import { main, UsageError } from "./terminal";
import { whichStack } from "./whichStack";

const usage = "npm run proof -- STACK [--out FILE]";

main(async () => {
  const { stack, rest } = await whichStack();
  const file = outOf(rest, usage, `proof-${stack}.md`);
  const spec = readDescription(project, stack);
  if (spec.target !== "aws") throw new UsageError(`${usage}: the target of ${stack} must be aws, got ${spec.target}`);
  const all: Answered[] = [];
  for (const check of checksOf(planStack(spec))) {
    const answered = await asked(check.words).then(
      (answer) => judged(check, answer),
      (error: unknown) => {
        if (!(error instanceof Failed)) throw error;
        if (error.status === 127)
          throw new UsageError(
            `${usage}: the command aws is missing; https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html`,
          );
        return { check, answer: error.message, wrong: "it was refused" };
      },
    );
    console.log(`${answered.wrong === null ? "yes" : "NO "}  ${check.asks}${answered.wrong === null ? "" : `: ${answered.wrong}`}`);
    all.push(answered);
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, report(stack, new Date().toISOString().slice(0, 10), all));
  console.log(`Wrote ${file}.`);
  return all.every(({ wrong }) => wrong === null) ? 0 : 1;
});

async function asked(words: readonly Word[]): Promise<string> {
  const known: string[] = [];
  for (const word of words) known.push(typeof word === "string" ? word : (await capture("aws", asText(word))).trim());
  return capture("aws", [...known, "--output", "json"]);
}
