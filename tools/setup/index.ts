import { commandPlugin } from "./commandPlugin";
import { pulumi } from "./pulumi";
import { makeMissing, type Step } from "./step";

/** What every stack is built with; the clouds need nothing else of this box. */
export const engine: readonly Step[] = [pulumi, commandPlugin];

/** Makes what this box lacks for a verb. Silent on standard output, which is the verb's own, and done in a moment, when all is there. */
export async function setUp(steps: readonly Step[] = engine): Promise<void> {
  await makeMissing(steps, (line) => console.error(line));
}
