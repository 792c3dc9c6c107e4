/** Limit: DigitalOcean's own days are in its API, which nobody asks here. */
import * as pulumi from "@pulumi/pulumi";
import { allowedVersion } from "../../../infra/targets/digitalocean/versions";
import { exampleSpec } from "../../goldens/stacks";
import { graphOf } from "../digitalocean";

const stack = { stack: "prod" };
const postgres = (version: string) => ({ engine: "postgres", version }) as const;
const warned = () => jest.spyOn(pulumi.log, "warn").mockResolvedValue();

afterEach(() => jest.restoreAllMocks());

test("no new database is made in a version that its makers mend no more, from the day after their last", () => {
  const warn = warned();
  expect(allowedVersion(stack, postgres("14"), false, "2026-11-12")).toBe("14");
  expect(() => allowedVersion(stack, postgres("14"), false, "2026-11-13")).toThrow(
    'database.version: must be "15" or "16" or "17" or "18" for a new postgres on digitalocean: its makers mend 14 no more since ' +
      '2026-11-12, got "14"',
  );
  expect(allowedVersion(stack, { engine: "mysql", version: "8" }, false, "2030-01-01")).toBe("8");
  expect(warn).not.toHaveBeenCalled();
});

test("one that is there goes on, and each run says what to write", () => {
  const warn = warned();
  expect(allowedVersion(stack, postgres("14"), true, "2026-11-13")).toBe("14");
  expect(warn.mock.calls).toEqual([
    [
      'database.version: 14, which its makers mend no more since 2026-11-12; write "15" or "16" or "17" or "18", to which DigitalOcean ' +
        "upgrades it in place, with no way back",
    ],
  ]);
});

test("a stack whose last up told of a database keeps it in its version", async () => {
  warned();
  const spec = exampleSpec("prod");
  if (spec.database.kind !== "managed") throw new Error("the stack prod has no database of its own");
  const graph = await graphOf({ ...spec, database: { ...spec.database, version: "14" } }, "00112233aabbccdd", { database: true });
  expect(graph.named("database").inputs["version"]).toBe("14");
});
