/** Limit: this shows what the program asks of AWS, not what AWS makes of it. */
import { spec } from "../config/baseline";
import { exampleSpec } from "../goldens/stacks";
import { graphOf } from "./aws";
import { expectGraph, type Graph } from "./graph";

let shop: Graph;
let bitcoin: Graph;

beforeAll(async () => {
  shop = await graphOf(exampleSpec("aws"));
  bitcoin = await graphOf(exampleSpec("bitcoin-aws"));
});

test("the graph of OC Pizza is as kept", () => {
  expectGraph("aws", shop);
});

test("the graph of the Bitcoin Analyzer is as kept", () => {
  expectGraph("bitcoin-aws", bitcoin);
});
