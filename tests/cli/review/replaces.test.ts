/**
 * The table of what makes a resource anew is read by reviews and by the simulated clouds; it says the same to both. Limit: neither is the
 * provider.
 */
import replaces from "../../../cli/review/replaces.json";
import aws from "../../cloud/schema/aws.json";
import digitalocean from "../../cloud/schema/digitalocean.json";

const table: Readonly<Record<string, readonly string[]>> = replaces;
const simulated: Readonly<Record<string, { readonly replaces: readonly string[] }>> = { ...digitalocean.types, ...aws.types };

test.each(Object.keys(simulated).filter((type) => type in table))("%s", (type) => {
  expect([...(table[type] ?? [])].sort()).toEqual([...(simulated[type]?.replaces ?? [])].sort());
});

test("every type that a cloud is asked for in a test is known to reviews", () => {
  expect(
    Object.entries(simulated)
      .filter(([type, { replaces: keys }]) => keys.length > 0 && !(type in table))
      .map(([type]) => type),
  ).toEqual([]);
});
