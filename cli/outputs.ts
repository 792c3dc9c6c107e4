/** npm run outputs [-- STACK]: what CI may read, as JSON; docs/outputs.schema.json describes it. Secrets stay closed. */
import { setUp } from "../tools/setup";
import { Pulumi } from "./pulumi";
import { main } from "./terminal";
import { whichStack } from "./whichStack";

main(async () => {
  const { stack } = await whichStack();
  await setUp();
  const pulumi = new Pulumi(stack);
  await pulumi.require();
  console.log(await pulumi.capture(["stack", "output", "--json"]));
  return 0;
});
