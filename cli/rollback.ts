/**
 * npm run rollback [-- STACK [DIGEST] [OPTION...]]: every host back to the release it served before, or to that one; options are those of
 * `hostctl rollback`. The next `up` finds that and moves forward again to what is declared.
 */
import { setUp } from "../tools/setup";
import { Pulumi } from "./pulumi";
import { rollBack } from "./rollback/rollBack";
import { readOutputs } from "./stack";
import { main, stackAndRest, UsageError } from "./terminal";

main(async () => {
  const { stack, rest } = stackAndRest();
  const wrong = rest.find((word) => !/^([0-9a-f]{16}|--[a-z-]+)$/.test(word));
  if (wrong !== undefined) throw new UsageError(`npm run rollback -- [STACK [DIGEST] [OPTION...]], got "${wrong}"; npm run ssh -- web-0 sudo hostctl releases lists the digests`);
  await setUp();
  const pulumi = new Pulumi(stack);
  await pulumi.require();
  const { hosts } = await readOutputs(pulumi);
  return rollBack(pulumi, hosts, rest);
});
