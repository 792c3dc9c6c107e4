import { writeFileSync } from "node:fs";
import { exampleSpec } from "../goldens/stacks";
import { graphOf } from "../targets/aws";
import { replay } from "./replay";
test("x", async () => {
  const g = await graphOf(exampleSpec("aws"));
  writeFileSync("/tmp/awsops-replay.json", JSON.stringify(await replay(g, "eu-west-3"), null, 1));
}, 120000);
