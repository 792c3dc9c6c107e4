import { isDeepStrictEqual } from "node:util";

interface Deployment {
  readonly resources?: readonly unknown[];
  readonly pending_operations?: readonly unknown[];
}

/** What of an exported state is the stack's own: not when it was written and by which engine. */
const own = (exported: string): Required<Deployment> => {
  const { resources = [], pending_operations = [] } = (JSON.parse(exported) as { deployment?: Deployment | null }).deployment ?? {};
  return { resources, pending_operations };
};

/** Whether two exports, with secrets opened, are of the same state: a secret is encrypted anew wherever it is written. */
export const isSameState = (one: string, other: string): boolean => isDeepStrictEqual(own(one), own(other));

/** Number of resources. */
export const sizeOf = (exported: string): number => own(exported).resources.length;

/** Whether an update was interrupted in the middle. */
export const isUnfinished = (exported: string): boolean => own(exported).pending_operations.length > 0;
