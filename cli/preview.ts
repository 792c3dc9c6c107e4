/** npm run preview [-- STACK [PULUMI-OPTION...]]: shows what npm run up would change. */
import { prepare } from "./prepare";
import { main, stackAndRest } from "./terminal";

main(async () => {
  const { stack, rest } = stackAndRest();
  const { pulumi } = await prepare(stack);
  return pulumi.run(["preview", ...rest]);
});
