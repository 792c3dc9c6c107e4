/** npm run preview [-- STACK [PULUMI-OPTION...]]: shows what npm run up would change. */
import { withPolicy } from "./policy";
import { prepare } from "./prepare";
import { main } from "./terminal";
import { whichStack } from "./whichStack";

main(async () => {
  const { stack, rest } = await whichStack();
  const { pulumi, config } = await prepare(stack);
  return withPolicy(config, (words) => pulumi.run(["preview", ...words, ...rest]));
});
