/**
 * What a simulated AWS has left once the whole graph of a stack was made and deleted there, beside what `npm run down` says of it. Limit:
 * no engine and no machines; tests/machines/aws-restore.test.ts has both.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { leftovers } from "../../cli/leftovers";
import type { StateResource } from "../../cli/protection";
import type { Properties } from "../../tools/command-plugin/values";
import { PublicAddresses } from "../cloud/public";
import * as rds from "../cloud/rds";
import { Resources } from "../cloud/resource";
import { clouds } from "../cloud/server";
import { Store, type Plain, type Stored } from "../cloud/store";
import { exampleSpec } from "../goldens/stacks";
import { graphOf } from "./aws";
import type { GraphNode } from "./graph";

let folder: string;
let store: Store;
let resources: Resources;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cloud-"));
  store = Store.make(folder, { name: "left", publicRange: "10.84.20.128/25" });
  resources = new Resources("aws", clouds.aws, store, new PublicAddresses(store));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** What stands on machines and addresses of this box, and holds nothing that stays. */
const onMachines = [
  "ec2/vpc:Vpc",
  "ec2/instance:Instance",
  "ec2/networkInterface:NetworkInterface",
  "ec2/eip:Eip",
  "ec2/eipAssociation:EipAssociation",
].map((type) => `aws:${type}`);

/** Makes it; a database without its server, whose data are not looked at. */
async function made({ type, name, opened }: GraphNode): Promise<{ readonly id: string; readonly state: Plain }> {
  if (type !== rds.Instance) return resources.create(type, name, opened as Properties);
  const id = String(opened["identifier"]);
  const outputs = { identifier: id, resourceId: `db-${name}` };
  store.put({ id, type, inputs: opened, outputs });
  return { id, state: { ...opened, ...outputs } };
}

async function deleted({ type, name, options }: GraphNode, id: string): Promise<void> {
  if (options["retainOnDelete"] === true) return;
  if (type !== rds.Instance) return resources.delete(type, name, id);
  rds.end(store, store.must(type, id));
  store.remove(type, id);
}

/** After all that they wait for. */
function inOrder(nodes: readonly GraphNode[], done: readonly GraphNode[] = []): readonly GraphNode[] {
  const known = new Set(nodes.map(({ name }) => name));
  const next = nodes.filter(({ dependencies }) => dependencies.every((name) => !known.has(name)));
  return nodes.length === 0
    ? done
    : inOrder(
        nodes.filter((node) => !next.includes(node)),
        [...done, ...next],
      );
}

const names: Readonly<Record<string, (one: Stored) => string>> = {
  Bucket: ({ id }) => `bucket ${id}`,
  Snapshot: ({ id }) => `snapshot ${id}`,
  AutomatedBackups: ({ inputs }) => `automated backups of ${String(inputs.identifier)}`,
  Ami: ({ inputs }) => `images of ${(inputs.tags as { Name: string }).Name}`,
};

test.each([
  ["with one database", {}, 1],
  ["between the two ups of a restore", { database: { instance: "webstack-bitcoin-aws-database" } }, 2],
])("what is left of a stack %s is what down says, and nothing else of it", async (_what, outputs, databases) => {
  const spec = exampleSpec("bitcoin-aws");
  const restore = databases === 1 ? null : { from: "before-the-sale", at: "" };
  const graph = await graphOf(
    { ...spec, protect: "nothing", database: { ...spec.database, restore } as typeof spec.database },
    "00112233aabbccdd",
    outputs,
  );
  const nodes = inOrder(graph.nodes).filter(({ type }) => type.startsWith("aws:") && !onMachines.includes(type));
  const all: { readonly node: GraphNode; readonly id: string; readonly state: Plain }[] = [];
  for (const node of nodes) all.push({ node, ...(await made(node)) });
  for (const { node, id } of [...all].reverse()) await deleted(node, id);

  const { stays, goes } = leftovers(
    all.map(({ node: { type, name, opened, options }, state }): StateResource => ({
      urn: `urn:pulumi:bitcoin-aws::webstack::${type}::${name}`,
      type,
      retainOnDelete: options["retainOnDelete"] === true,
      inputs: opened,
      outputs: state,
    })),
  );
  const closing = /:Bucket[A-Z]/;
  const left = store
    .all()
    .filter(({ type }) => !closing.test(type))
    .map((one) => names[one.type.split(":").at(-1) ?? ""]?.(one) ?? `${one.type} ${one.id}`);
  expect(left.sort()).toEqual(
    stays
      .map(([name]) => name)
      .filter((name) => name !== "older copies of databases")
      .sort(),
  );
  expect(left.map((name) => name.replace(/ \S+$/, ""))).toEqual([
    ...Array<string>(databases).fill("automated backups of"),
    "bucket",
    "images of",
    ...Array<string>(databases).fill("snapshot"),
  ]);
  expect(goes.map(([name]) => name)).toEqual(["vault webstack-bitcoin-aws-database"]);
  // What closes the bucket stays with it.
  expect(store.all().filter(({ type }) => closing.test(type)).length).toBe(6);
});
