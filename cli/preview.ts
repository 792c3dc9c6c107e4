/** npm run preview [-- STACK [PULUMI-OPTION...]]: shows what npm run up would change. */
import { withPolicy } from "./policy";
import { prepare } from "./prepare";
import { main, stackAndRest } from "./terminal";

main(async () => {
  const { stack, rest } = stackAndRest();
  const { pulumi, config } = await prepare(stack);
  return withPolicy(config, (words) => pulumi.run(["preview", ...words, ...rest]));
});
