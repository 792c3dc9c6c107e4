/** Limit: the schema is ours, written from AWS's page; nothing but CloudWatch draws a dashboard. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { exampleSpec } from "../goldens/stacks";
import { graphOf } from "../targets/aws";

interface Body {
  readonly widgets: readonly {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly properties: { readonly title: string; readonly region: string; readonly metrics: readonly (readonly string[])[] };
  }[];
}

const validate = new Ajv().compile(JSON.parse(readFileSync(join(__dirname, "dashboard.schema.json"), "utf8")) as object);

const bodyOf = async (stack: string) =>
  JSON.parse(String((await graphOf(exampleSpec(stack))).named("dashboard").inputs["dashboardBody"])) as Body;

test.each(["aws", "bitcoin-aws"])(
  "the dashboard of %s is what CloudWatch takes, and no chart covers another",
  async (stack) => {
    const body = await bodyOf(stack);
    expect([validate(body), validate.errors]).toEqual([true, null]);
    for (const [index, one] of body.widgets.entries()) {
      expect(one.x + one.width).toBeLessThanOrEqual(24);
      for (const other of body.widgets.slice(index + 1)) {
        expect(
          one.x + one.width <= other.x ||
            other.x + other.width <= one.x ||
            one.y + one.height <= other.y ||
            other.y + other.height <= one.y,
        ).toBe(true);
      }
      for (const metric of one.properties.metrics) expect([metric, metric.length % 2]).toEqual([metric, 0]);
    }
  },
  30_000,
);

test("what alarms watch is shown, under the names and in the regions that alarms have", async () => {
  const graph = await graphOf(exampleSpec("aws"));
  const body = await bodyOf("aws");
  const shown = new Set(
    body.widgets.flatMap(({ properties: { region, metrics } }) => metrics.map(([namespace, name]) => `${region} ${namespace} ${name}`)),
  );
  const watched = graph
    .ofType("aws:cloudwatch/metricAlarm:MetricAlarm")
    .map(({ inputs }) => `${String(inputs["region"] ?? "eu-west-3")} ${String(inputs["namespace"])} ${String(inputs["metricName"])}`);
  // A count of failures that is 0 or an e-mail needs no chart.
  const notShown = ["AWS/Backup NumberOfBackupJobsFailed", "AWS/EC2 StatusCheckFailed", "AWS/RDS CPUSurplusCreditsCharged"].map(
    (metric) => `eu-west-3 ${metric}`,
  );
  expect(watched.filter((metric) => !shown.has(metric)).sort()).toEqual(notShown);
}, 30_000);

test.each<[says: string, change: object, path: string]>([
  ["no region", { properties: { metrics: [["AWS/EC2", "CPUUtilization"]] } }, "/widgets/0/properties"],
  [
    "a statistic that there is none of",
    { properties: { region: "eu-west-3", stat: "Mean", metrics: [["AWS/EC2", "CPUUtilization"]] } },
    "/widgets/0/properties/stat",
  ],
  ["a chart beside the grid", { x: 24, properties: { region: "eu-west-3", metrics: [["AWS/EC2", "CPUUtilization"]] } }, "/widgets/0/x"],
  ["a metric without a name", { properties: { region: "eu-west-3", metrics: [["AWS/EC2"]] } }, "/widgets/0/properties/metrics/0"],
  [
    "a period of 45 seconds",
    { properties: { region: "eu-west-3", period: 45, metrics: [["AWS/EC2", "CPUUtilization"]] } },
    "/widgets/0/properties/period",
  ],
])("a body with %s is refused", (_says, change, path) => {
  expect(validate({ widgets: [{ type: "metric", ...change }] })).toBe(false);
  expect(validate.errors?.map(({ instancePath }) => instancePath)).toContain(path);
});
