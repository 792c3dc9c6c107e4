import type * as pulumi from "@pulumi/pulumi";
import * as resources from "@pulumi/pulumi/runtime/resource";
import type { StackPlan } from "../plan/plan";
import { allowingCommands, isProtected } from "../plan/protection";

/** The SDK's hook that is a name and nothing more; its types leave it out. */
const { StubResourceHook } = resources as unknown as { StubResourceHook: new (name: string) => pulumi.ResourceHook };

/**
 * Options of one resource of a stack, which keep a bare `pulumi destroy` from all of a protected one. It does not run the program, and
 * `protect` alone stops it only when it comes to such a resource, with others gone by then. A stack with a hook of a deletion it refuses
 * before it deletes anything, and says the hook's name: https://www.pulumi.com/docs/iac/concepts/resources/options/hooks/
 */
export function refusingDestroy({ spec }: StackPlan): Pick<pulumi.CustomResourceOptions, "protect" | "hooks"> {
  if (!isProtected(spec)) return {};
  const [set, up] = allowingCommands(spec.stack);
  const reason =
    `stack ${spec.stack} is protected, and nothing of it was deleted. To allow it: ${set}; ${up}. After that npm run down -- ` +
    `${spec.stack} makes a last backup and deletes the stack`;
  return { protect: true, hooks: { beforeDelete: [new StubResourceHook(reason)] } };
}
