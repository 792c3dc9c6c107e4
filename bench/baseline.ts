import { limit } from "../providers/nspawn/cgroup";
import { addRelease } from "../tests/machines/moves";
import { TestStack } from "../tests/machines/stack";
import { seconds, timed, type Table } from "./table";

/**
 * Of a t3.small: memory, and what it goes on with when its credits are used up, of one of its two cores.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-credits-baseline-concepts.html
 */
const [memoryMiB, share] = [2048, 0.2];

/** What deployments take on a burstable machine without credits, beside the same on two whole cores. */
export async function benchBaseline(): Promise<readonly Table[]> {
  const rows: (readonly string[])[] = [];
  for (const [name, cpus] of [
    ["two cores", 2],
    ["a fifth of one core", share],
  ] as const)
    rows.push([name, ...(await deployments(cpus)).map(seconds)]);
  return [
    {
      title: "Deployments at the baseline of a burstable machine",
      columns: ["web machine", "`up` from nothing", "`up` with a release"],
      rows,
      note:
        "OC Pizza on local machines, whose image has Debian's packages already. Patience ends at 30 s for a slot and at 120 s for " +
        "the gate: an `up` that uses it up fails, and so does this.",
    },
  ];
}

/** Seconds of a first deployment and of a release, the web machine held from outside from its first moment on. */
async function deployments(cpus: number): Promise<readonly number[]> {
  const stack = new TestStack("baseline", "10.84.2.0/24", undefined, { rsaHostKey: true });
  const hold = setInterval(() => {
    limit(`webstack-${stack.name}-web-0`, memoryMiB, cpus);
  }, 100);
  try {
    await stack.init();
    return [await timed(() => stack.mustUp()), await timed(() => addRelease(stack))];
  } finally {
    clearInterval(hold);
    await stack.down();
  }
}
