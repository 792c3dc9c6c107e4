/** npm run preview [-- STACK [PULUMI-OPTION...]]: shows what npm run up would change, and changes nothing, no file either. */
import { look } from "./look";
import { withPolicy } from "./policy";
import { main } from "./terminal";
import { whichStack } from "./whichStack";

main(async () => {
  const { stack, rest } = await whichStack();
  return look(stack, ({ pulumi, config }) => withPolicy(config, (words) => pulumi.run(["preview", ...words, ...rest])));
});
