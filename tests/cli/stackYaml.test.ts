import { yamlProblem } from "../../cli/stackYaml";

test("a stack's file that is no YAML is told with its name, the line and what was expected", () => {
  expect(yamlProblem("Pulumi.mine.yaml", "config:\n  webstack:app: name: mine\n")).toBe(
    'Pulumi.mine.yaml, line 2: must be YAML, got "webstack:app: name: mine"; nested mappings are not allowed in compact mappings',
  );
  expect(yamlProblem("Pulumi.mine.yaml", "config:\n  - a\n  b: [1, 2\n")).toMatch(/^Pulumi\.mine\.yaml, line \d: must be YAML, got "/);
  expect(yamlProblem("Pulumi.mine.yaml", "config:\n  webstack:target: local\n")).toBeNull();
});
