/**
 * `npm run down` as people type it. Limit: the engine is a stand-in that ends as the real one does; what it deletes is the machines' to
 * show.
 */
import { Typing } from "./typing";

let typing: Typing;

beforeEach(() => {
  typing = new Typing();
});

afterEach(() => typing.remove());

test("a stack goes without a word of a command that would take its secrets along", async () => {
  typing.knows("local", { resources: [{ urn: "urn:pulumi:local::webstack::nspawn:index:Machine::web-0", type: "nspawn:index:Machine" }] });
  const { code, stdout, stderr } = await typing.type("webstack down local");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toBe(
    "Destroying (local):\nResources:\n    - 3 deleted\n\n\nStack local is down: its machines and its network are gone. Its " +
      "settings are kept in Pulumi.local.yaml, its secrets in .webstack/Pulumi.local.yaml; npm run up -- local makes it " +
      "anew.\nNothing of its data is left.\n\n",
  );
  expect(typing.asked().at(-1)).toEqual(
    expect.stringMatching(/^destroy --yes --skip-preview --stack local --config-file .*\/\.webstack\/Pulumi\.local\.yaml$/),
  );
}, 60_000);

test("one that is not up, or never was, says so", async () => {
  typing.knows("local", {});
  expect(await typing.type("webstack down local")).toEqual({
    code: 0,
    stdout: "Stack local is not up: there is nothing to delete.\n",
    stderr: "",
  });
  expect(await typing.type("webstack down prod")).toEqual({
    code: 1,
    stdout: "",
    stderr: "webstack: stack prod was never brought up; npm run up -- prod does that; there are: local\n",
  });
}, 60_000);
