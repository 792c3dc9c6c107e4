/** npm run preview [-- STACK [PULUMI-OPTION...]]: shows what npm run up would change, and changes nothing, no file either. */
import { look } from "./look";
import { policyWords } from "./policy";
import { main } from "./terminal";
import { whichStack } from "./whichStack";

main(async () => {
  const { stack, rest } = await whichStack();
  return look(stack, ({ pulumi, config }) => pulumi.run(["preview", ...policyWords(config), ...rest]));
});
