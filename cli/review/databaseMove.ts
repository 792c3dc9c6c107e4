import type { Step } from "./graph";
import type { DeclaredState } from "./declaredState";
import type { Consequence } from "./verdict";

const database = "aws:rds/instance:Instance";

/** What becomes of the site and its data where it moves to another database, and the steps that this explains. */
export interface DatabaseMove {
  readonly explains: (step: Step) => boolean;
  readonly consequences: readonly Consequence[];
}

/**
 * On AWS the databases of a stack are resources beside each other. One that is not declared any more is deleted, but not by the run that
 * makes its successor: a description does not say what the program then learns from its own outputs, see infra/targets/aws/move.ts.
 */
export function databaseMove({ spec }: DeclaredState, after: DeclaredState, steps: readonly Step[]): DatabaseMove {
  const of = (does: Step["does"]) => steps.filter((step) => step.type === database && step.does === does);
  const [made] = of("create");
  const left = of("delete");
  const wanted = after.spec?.database;
  // Without a description of what was there, as of a deployed stack, a copy tells by being made.
  const moves = wanted?.kind === "managed" && (spec === null || spec.target === after.spec?.target) && left.length > 0;
  if (!moves) return { explains: () => false, consequences: [] };
  const names = left.map(({ name }) => name).join(", ");
  const explains = (step: Step) => left.includes(step);
  if (made === undefined)
    return {
      explains,
      consequences: [
        { level: "no downtime", says: `the database ${names}, which the site has left, is deleted, and ends with a snapshot` },
      ],
    };
  if (wanted.restore === null)
    return {
      explains,
      consequences: [
        {
          level: "data at risk",
          says:
            `without database.restore the site would get an empty database in place of ${names}: \`npm run up\` refuses it unless ` +
            "that of before is still there",
        },
      ],
    };
  const { from, at } = wanted.restore;
  const state = at === "" ? `the snapshot ${from}` : `${from} as it was at ${at}`;
  return {
    explains,
    consequences: [
      {
        level: "downtime",
        says:
          `the site goes on with a copy of ${state}: what was written since is in ${names} alone, which loses its protection once ` +
          `the site has moved, and goes with the \`up\` after that one, with a last snapshot`,
      },
    ],
  };
}
