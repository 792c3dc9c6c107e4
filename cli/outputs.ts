/** npm run outputs [-- STACK [--out FILE]]: what CI may read, as JSON; docs/outputs.schema.json describes it. Secrets stay closed. */
import { setUp } from "../tools/setup";
import { emit } from "./out";
import { Pulumi } from "./pulumi";
import { main } from "./terminal";
import { whichStack } from "./whichStack";

main(async () => {
  const { stack, rest } = await whichStack();
  const write = emit(rest, "npm run outputs -- STACK [--out FILE]");
  await setUp();
  const pulumi = new Pulumi(stack);
  await pulumi.require();
  write(`${await pulumi.capture(["stack", "output", "--json"])}\n`);
  return 0;
});
