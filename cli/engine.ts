/**
 * npm run pulumi -- [STACK] WORDS...: the Pulumi CLI itself, with the state, the passphrase and the settings of our verbs, on that stack.
 */
import { setUp } from "../tools/setup";
import { Pulumi } from "./pulumi";
import { main, UsageError } from "./terminal";
import { whichStack } from "./whichStack";

main(async () => {
  const { stack, rest } = await whichStack("words");
  if (rest.length === 0) throw new UsageError("npm run pulumi -- [STACK] WORDS..., for example npm run pulumi -- local stack");
  await setUp();
  return new Pulumi(stack).runAny(rest);
});
