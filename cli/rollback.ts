/**
 * npm run rollback [-- [STACK] [DIGEST] [OPTION...]]: every host back to the release it served before, or to that one; options are those of
 * `hostctl rollback`. The next `up` finds that and moves forward again to what is declared.
 */
import { reach } from "./reach";
import { rollBack } from "./rollback/rollBack";
import { main, UsageError } from "./terminal";
import { whichStack } from "./whichStack";

main(async () => {
  const { stack, rest } = await whichStack("words");
  const wrong = rest.find((word) => !/^([0-9a-f]{16}|--[a-z-]+)$/.test(word));
  if (wrong !== undefined)
    throw new UsageError(
      `npm run rollback -- [STACK] [DIGEST] [OPTION...], got "${wrong}"; npm run ssh -- ${stack} web-0 sudo hostctl releases lists ` +
        "the digests",
    );
  const { pulumi, hosts } = await reach(stack);
  return rollBack(pulumi, hosts, rest);
});
