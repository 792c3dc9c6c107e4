/**
 * One alert of a host of each shipped stack on a cloud, from a unit that fails to who hears of it: hostctl, on a machine in a folder, gets
 * what the program gives that host, and the simulated SNS or uptime check makes of it what it makes of a real machine's. Limit: systemd,
 * nginx and the machine's role are played; tests/machines/aws.test.ts and digitalocean.test.ts have real ones, for a stack each.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describedStacks } from "../../cli/stackFiles";
import { Store } from "../cloud/store";
import { publish } from "../cloud/topics";
import { uptimeCheck } from "../cloud/uptime";
import { exampleSpec } from "../goldens/stacks";
import * as amazon from "./aws";
import * as ocean from "./digitalocean";
import type { Graph } from "./graph";

const root = resolve(__dirname, "../..");
const shipped = describedStacks().map((stack) => exampleSpec(stack));
const stacksOn = (target: string) => shipped.filter((spec) => spec.target === target).map((spec) => [spec.stack, spec] as const);

/** What hostctl/tests/one_alert.py prints. */
interface Outcome {
  readonly published: readonly { readonly url: string; readonly body: string }[];
  readonly pages: readonly (readonly string[])[];
}

/** Has a unit of that stack's host fail, and end it. */
function alertOf(graph: Graph): Outcome {
  const { secrets } = JSON.parse(String(graph.named("web-0-apply").opened["stdin"])) as { secrets: Readonly<Record<string, string>> };
  const settings = fileOf(graph, "/etc/webstack/settings.json");
  const said = execFileSync("python3", ["-m", "hostctl.tests.one_alert"], {
    cwd: root,
    encoding: "utf8",
    input: JSON.stringify({ settings, secrets }),
  });
  return JSON.parse(said) as Outcome;
}

function fileOf(graph: Graph, path: string): string {
  const bundle = String(graph.named("web-0-bundle").opened["source"]);
  const { files } = JSON.parse(bundle.slice(bundle.lastIndexOf("\n# BUNDLE ") + 10)) as {
    files: readonly { path: string; content: string }[];
  };
  return files.find((file) => file.path === path)?.content ?? "";
}

/** The cloud after that program. Topics are known by their ARN, as AWS gives it for their identity. */
function withStore<T>(graph: Graph, use: (store: Store) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "host-alerts-"));
  try {
    const store = new Store(folder);
    for (const { type, opened, outputs } of graph.nodes)
      store.put({ type, id: String(type.endsWith(":Topic") ? outputs["arn"] : outputs["id"]), inputs: opened, outputs });
    return use(store);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.each(stacksOn("aws"))(
  "%s: its topic takes the message by the right of the machine's role, and brings it to everybody who is named",
  async (_stack, spec) => {
    const graph = await amazon.graphOf(spec);
    const { published } = alertOf(graph);
    const profile = graph
      .ofType("aws:iam/instanceProfile:InstanceProfile")
      .find(({ outputs }) => outputs["name"] === graph.named("web-0").inputs["iamInstanceProfile"]);
    const role = graph.ofType("aws:iam/role:Role").find(({ outputs }) => outputs["name"] === profile?.inputs["role"]);
    withStore(graph, (store) => {
      expect(published.map(({ body }) => publish(store, String(role?.outputs["id"]), Buffer.from(body)).status)).toEqual([200, 200]);
      expect(store.told().map(({ subject, to }) => [subject.replace(/^\[.*\] /, ""), to])).toEqual([
        ["begins: collect.service failed", spec.monitoring.emails],
        ["ends: collect.service failed", spec.monitoring.emails],
      ]);
    });
    expect([spec.monitoring.emails.length > 0, [...new Set(published.map(({ url }) => url))]]).toEqual([
      true,
      [`https://sns.${spec.host.region}.amazonaws.com/`],
    ]);
  },
);

test.each(stacksOn("digitalocean"))(
  "%s: the uptime check asks for the page that is gone while the alert stands, and its alert tells everybody who is named",
  async (_stack, spec) => {
    const graph = await ocean.graphOf(spec);
    const { pages } = alertOf(graph);
    withStore(graph, (store) => {
      const { url, told } = uptimeCheck(store, "-alerts");
      const page = url.split("/").at(-1) ?? "";
      // nginx answers 200 where hostctl has left a file of that name.
      const answers = pages.map((names) => (names.includes(page) ? 200 : 503));
      expect([url, answers, answers.map(told)]).toEqual([
        `https://${spec.site.domain}/.webstack/status/${page}`,
        [200, 503, 200],
        [[], spec.monitoring.emails, []],
      ]);
    });
    const location = readFileSync(join(root, "cloud-init/nginx/location-status.conf"), "utf8");
    expect([spec.monitoring.emails.length > 0, fileOf(graph, "/etc/nginx/webstack/site.conf").includes(location.trim())]).toEqual([
      true,
      true,
    ]);
  },
);

test("every stack that is shipped for a cloud is among them", () => {
  expect([...stacksOn("aws"), ...stacksOn("digitalocean")].map(([stack]) => stack).sort()).toEqual([
    "aws",
    "bitcoin-aws",
    "bitcoin-external",
    "bitcoin-prod",
    "prod",
  ]);
  expect(shipped.filter(({ target }) => target !== "local")).toHaveLength(5);
});
