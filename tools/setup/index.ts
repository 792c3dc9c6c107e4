import { commandPlugin } from "./commandPlugin";
import { packages } from "./packages";
import { pulumi } from "./pulumi";
import { makeMissing, type Step } from "./step";

/** Makes what this box lacks for building stacks, and then the `more` that a verb needs. Silent on standard output, which is the verb's own, and done in a moment, when all is there. */
export async function setUp(more: readonly Step[] = []): Promise<void> {
  await makeMissing([packages, pulumi, commandPlugin, ...more], (line) => console.error(line));
}
