import { commandPlugin } from "./commandPlugin";
import { packages } from "./packages";
import { pulumi } from "./pulumi";
import { makeMissing } from "./step";

/** Makes everything that this box lacks for building stacks and running their tests. Silent, and done in a moment, when all is there. */
export async function setUp(): Promise<void> {
  await makeMissing([packages, pulumi, commandPlugin], (line) => console.log(line));
}
