/**
 * Pulumi keeps the stack of every promise for who looks for one that is never settled, and jest looks each line of a stack up in its source
 * maps: half of what a test of the mocks took of the processor. Those promises have no stack here; every other error has its own.
 * https://github.com/pulumi/pulumi/blob/v3.248.0/sdk/nodejs/runtime/debuggable.ts
 */
jest.mock("@pulumi/pulumi/runtime/debuggable", () => {
  const debuggable = jest.requireActual<{ debuggablePromise(...words: unknown[]): unknown }>("@pulumi/pulumi/runtime/debuggable");
  return {
    ...debuggable,
    debuggablePromise(...words: unknown[]) {
      const lines = Error.stackTraceLimit;
      Error.stackTraceLimit = 0;
      try {
        return debuggable.debuggablePromise(...words);
      } finally {
        Error.stackTraceLimit = lines;
      }
    },
  };
});
