/** Limit: this shows what the program asks of DigitalOcean, not what DigitalOcean makes of it. */
import { exampleSpec } from "../goldens/stacks";
import { graphOf } from "./digitalocean";
import { expectGraph, type Graph } from "./graph";

let production: Graph;

beforeAll(async () => {
  production = await graphOf(exampleSpec("prod"));
});

test("the graph of OC Pizza's production is as kept", () => {
  expectGraph("ocpizza-prod", production);
});
