/** The snapshot of a host's replaced machine. Limit: mocks; tests/machines/digitalocean.test.ts has the engine decide what is replaced. */
import { exampleSpec } from "../../goldens/stacks";
import { dropletId, graphOf, type Before } from "../digitalocean";
import type { Graph } from "../graph";

const snapshotType = "digitalocean:index/dropletSnapshot:DropletSnapshot";
const run = (before: Before) => graphOf(exampleSpec("prod"), undefined, before);
const snapshots = (graph: Graph) => graph.ofType(snapshotType).map(({ name, inputs }) => ({ name, inputs }));
const outputs = (graph: Graph) => (graph.outputs as { hosts: readonly object[] }).hosts[0];
const looks = ({ calls }: Graph) =>
  calls.map(({ token }) => token.split(":").at(-1)).filter((name) => name === "getDroplets" || name === "getImages");

const of = (machine: string) => [{ name: "web-0-snapshot", inputs: { name: `webstack-prod-web-0-${machine}`, dropletId: machine } }];

test("the first up takes no snapshot, asks the cloud for none, and says which machine serves", async () => {
  const graph = await run({});
  expect([snapshots(graph), looks(graph)]).toEqual([[], []]);
  expect(outputs(graph)).toEqual({
    name: "web-0",
    address: "198.51.100.10",
    user: "deploy",
    hostKey: "ssh-ed25519 AAAA",
    machine: dropletId,
  });
});

test("a run that changes no machine takes none either", async () => {
  const graph = await run({ hosts: [{ name: "web-0", machine: dropletId }], droplets: [dropletId] });
  expect([snapshots(graph), looks(graph)]).toEqual([[], []]);
});

test("when another machine takes over, the one that served is snapshot, and the site's address waits for that", async () => {
  const graph = await run({ hosts: [{ name: "web-0", machine: "4710" }], droplets: ["4710", dropletId] });
  expect(snapshots(graph)).toEqual(of("4710"));
  expect(graph.named("address-assignment").dependencies).toEqual(expect.arrayContaining(["web-0-gate", "web-0-snapshot"]));
  expect(graph.named("web-0-snapshot").dependencies).toEqual([]);
  expect(outputs(graph)).toMatchObject({ machine: dropletId, snapshotOf: "4710" });
});

test("outputs that the engine is writing at that moment are read again", async () => {
  const graph = await run({ unreadable: 2, hosts: [{ name: "web-0", machine: "4710" }], droplets: ["4710", dropletId] });
  expect(snapshots(graph)).toEqual(of("4710"));
});

test("the runs after it declare the same snapshot, though its machine is gone", async () => {
  const graph = await run({ hosts: [{ name: "web-0", machine: dropletId, snapshotOf: "4710" }], images: ["webstack-prod-web-0-4710"] });
  expect(snapshots(graph)).toEqual(of("4710"));
  expect(outputs(graph)).toMatchObject({ machine: dropletId, snapshotOf: "4710" });
});

test("the next replacement's snapshot takes the place of the one before", async () => {
  const graph = await run({
    hosts: [{ name: "web-0", machine: "4710", snapshotOf: "4709" }],
    droplets: ["4710"],
    images: ["webstack-prod-web-0-4709"],
  });
  expect(snapshots(graph)).toEqual(of("4710"));
});

test("a machine that somebody deleted is not asked for: the snapshot that there is of it stays, or the one before", async () => {
  const hosts = [{ name: "web-0", machine: "4710", snapshotOf: "4709" }];
  expect(snapshots(await run({ hosts, images: ["webstack-prod-web-0-4710", "webstack-prod-web-0-4709"] }))).toEqual(of("4710"));
  expect(snapshots(await run({ hosts, images: ["webstack-prod-web-0-4709"] }))).toEqual(of("4709"));
  const graph = await run({ hosts });
  expect(snapshots(graph)).toEqual([]);
  expect(outputs(graph)).toMatchObject({ machine: dropletId, snapshotOf: undefined });
});
