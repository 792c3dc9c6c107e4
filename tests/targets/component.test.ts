import * as pulumi from "@pulumi/pulumi";
import { Component } from "../../infra/targets/component";

test("what stands in a part says that it is the resource that stood at the top of the stack", async () => {
  await pulumi.runtime.setMocks({ newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) });
  const part = new Component("Host", "web-0");
  expect(part.child).toStrictEqual({ parent: part, aliases: [{ parent: undefined }] });
  expect(await new Promise((resolve) => part.urn.apply(resolve))).toContain("::webstack:index:Host::web-0");
});
