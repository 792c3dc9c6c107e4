/** npm run preview [-- STACK [PULUMI-OPTION...]]: shows what npm run up would change. */
import { policyWords } from "./policy";
import { prepare } from "./prepare";
import { main } from "./terminal";
import { whichStack } from "./whichStack";

main(async () => {
  const { stack, rest } = await whichStack();
  const { pulumi, config } = await prepare(stack);
  return pulumi.run(["preview", ...policyWords(config), ...rest]);
});
