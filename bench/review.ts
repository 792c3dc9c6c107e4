import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { TestStack } from "../tests/machines/stack";
import { median, seconds, timed, type Table } from "./table";

const project = resolve(__dirname, "..");
const run = promisify(execFile);
const runs = 5;

/**
 * A review of production and of the rehearsal, beside a preview of the rehearsal by the engine: production has none without credentials.
 */
export async function benchReview(): Promise<readonly Table[]> {
  const review = (stack: string) =>
    timed(() => run(join(project, "tools/run"), ["cli/review.ts", stack, "--against", "HEAD"], { cwd: project }));
  const stack = new TestStack("bench-review", "10.84.22.0/24", undefined, { rsaHostKey: true });
  try {
    await stack.init();
    await stack.mustUp();
    const rounds: { readonly prod: number; readonly local: number; readonly preview: number }[] = [];
    for (let index = 0; index < runs; index++)
      rounds.push({ prod: await review("prod"), local: await review("local"), preview: await timed(() => stack.preview()) });
    return [
      {
        title: "A review beside a preview",
        columns: ["what", "time"],
        rows: [
          ["`review` of production, without credentials and engine", seconds(median(rounds.map(({ prod }) => prod)))],
          ["`review` of the rehearsal", seconds(median(rounds.map(({ local }) => local)))],
          ["`pulumi preview` of the rehearsal", seconds(median(rounds.map(({ preview }) => preview)))],
        ],
        note: `Medians of ${runs} rounds. Aim: a review of production in under 3 s.`,
      },
    ];
  } finally {
    await stack.down();
  }
}
