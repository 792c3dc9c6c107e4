import { allowingCommands, isProtected } from "../../infra/plan/protection";

test("what is protected, and what allows its deletion", () => {
  expect([isProtected({ protect: "data" }), isProtected({ protect: "nothing" })]).toEqual([true, false]);
  expect(allowingCommands("prod")).toEqual(["npm run pulumi -- prod config set protect nothing", "npm run up -- prod"]);
});
