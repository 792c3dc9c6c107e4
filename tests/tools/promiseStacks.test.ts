/** As every test of this project gets it, see tests/promiseStacks.ts. */
const { debuggablePromise } = jest.requireMock<{ debuggablePromise(promise: Promise<unknown>, context: string): Promise<unknown> }>(
  "@pulumi/pulumi/runtime/debuggable",
);

test("promises of Pulumi's have no stack in tests, errors have theirs", async () => {
  const promise: Promise<unknown> & { readonly _debugStackTrace?: string } = Promise.resolve("settled");
  expect(await debuggablePromise(promise, "a test")).toBe("settled");
  expect(promise._debugStackTrace?.trim()).toBe("Error:");
  expect(new Error("ours").stack).toContain("promiseStacks.test.ts:10:");
});
