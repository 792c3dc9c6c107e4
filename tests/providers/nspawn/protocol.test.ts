// Level: the plugin as Pulumi's engine speaks to it, over gRPC; nothing is made on the box, so no root is needed.
import { type Plugin, secret, startPlugin, unknown } from "./plugin";

const machine = {
  name: "nsx-protocol",
  suite: "bookworm",
  image: "/nowhere/image",
  bridge: "ws-nsx",
  gateway: "10.91.0.1",
  range: "10.91.0.0/24",
  address: "10.91.0.10",
  userData: "#cloud-config\n",
  memoryMiB: 512,
  cpus: 1,
};

let plugin: Plugin;
beforeAll(async () => {
  plugin = await startPlugin();
});
afterAll(() => plugin.stop());

test("check hands the inputs back as they came, secrets still wrapped", async () => {
  const inputs = { ...machine, userData: secret("#cloud-config\n") };
  expect(await plugin.check("Machine", inputs)).toEqual({ inputs, failures: [] });
});

test("check tells every fault at once, and none of a value that is not known yet", async () => {
  const { failures } = await plugin.check("Machine", { ...machine, name: "Web_0", address: "10.92.0.10", memoryMiB: 64, cpus: unknown });
  expect(failures.map(({ reason }) => reason)).toEqual([
    'name: must be a DNS label of lower-case letters, digits and dashes, got "Web_0"',
    'address: must lie in 10.91.0.0/24, got "10.92.0.10"',
    "memoryMiB: must be a whole number of at least 128, got 64",
  ]);
});

test("check names the faulty rule of a firewall", async () => {
  const rule = { address: "10.91.0.10", port: 0, protocol: "tcp", from: ["10.0.0.1/8"], why: "no one" };
  const { failures } = await plugin.check("Firewall", { name: "nsx", range: "10.91.0.0/24", rules: [rule] });
  expect(failures.map(({ reason }) => reason)).toEqual([
    "rules[0].port: must be a whole number from 1 to 65535, got 0",
    'rules[0].from: must be an IPv4 CIDR or "anywhere", got "10.0.0.1/8"',
  ]);
});

test.each(["name", "suite", "address", "userData"])("another %s replaces the machine, the old one first", async (property) => {
  const diff = await plugin.diff("Machine", machine, { ...machine, [property]: "another" });
  expect(diff).toEqual({ changes: true, replaces: [property], deletesFirst: true });
});

test("a first look at what keeps data changes nothing, and nothing that only needs an update is refused", async () => {
  const keeps = { ...machine, keepsData: true };
  expect(await plugin.diff("Machine", machine, keeps)).toMatchObject({ replaces: [] });
  expect(await plugin.diff("Machine", keeps, { ...keeps, memoryMiB: 1024, bridge: unknown, gateway: unknown })).toMatchObject({
    changes: true,
    replaces: [],
  });
});

test.each([
  [
    "suite",
    "trixie",
    "suite trixie instead of bookworm would begin without it: write the host.image, or the database.version, that the stack had; " +
      "npm run upgrade -- test moves a database to another version",
  ],
  ["address", "10.91.0.30", "address 10.91.0.30 instead of 10.91.0.10 would begin without it: write the network.range that the stack had"],
  [
    "range",
    "10.92.0.0/24",
    "range 10.92.0.0/24 instead of 10.91.0.0/24 would begin without it: write the network.range that the stack had",
  ],
  ["gateway", "10.92.0.1", "gateway 10.92.0.1 instead of 10.91.0.1 would begin without it: write the network.range that the stack had"],
  ["bridge", "ws-other", "bridge ws-other instead of ws-nsx would begin without it: write the network.range that the stack had"],
  ["name", "nsx-other", "name nsx-other instead of nsx-protocol would begin without it: write the name that it had"],
  ["userData", "#cloud-config\n{}\n", "other user-data would begin without it: write the user-data that it was made with"],
])("another %s is refused where the disk holds data, with the ways out", async (input, value, says) => {
  const keeps = { ...machine, keepsData: true };
  await expect(plugin.diff("Machine", keeps, { ...keeps, [input]: value })).rejects.toThrow(
    `machine nsx-protocol keeps data on its disk, and one with ${says}; or give the data up first: npm run down -- test`,
  );
});

test("one that is gone from the box says the command that has it noticed, with the stack's name", async () => {
  await expect(plugin.update("Machine", machine.name, machine, machine)).rejects.toThrow(
    "machine nsx-protocol and its disk are gone from this box; let Pulumi notice it: npm run up -- test --refresh",
  );
});

test("one that was kept, off, is not made anew from nothing", async () => {
  await expect(plugin.create("Machine", { ...machine, image: "", runs: false })).rejects.toThrow(
    "machine nsx-protocol, which was kept, off, is gone from this box; let it go: npm run upgrade -- test --drop-old",
  );
});

test("user-data that became a secret is still the same user-data", async () => {
  const diff = await plugin.diff("Machine", machine, { ...machine, userData: secret(machine.userData) });
  expect(diff.replaces).toEqual([]);
});

test.each(["image", "memoryMiB", "cpus"])("another %s does not replace the machine", async (property) => {
  const diff = await plugin.diff("Machine", machine, { ...machine, [property]: 2048 });
  expect(diff.replaces).toEqual([]);
});

test("a bridge that is only being mended does not replace the machine, user-data that is not known yet does", async () => {
  expect((await plugin.diff("Machine", machine, { ...machine, bridge: unknown, gateway: unknown })).replaces).toEqual([]);
  expect((await plugin.diff("Machine", machine, { ...machine, userData: unknown })).replaces).toEqual(["userData"]);
});

test("a machine without a process is a change, so that a plain up starts it, unless it is kept off", async () => {
  expect(await plugin.diff("Machine", machine, machine)).toEqual({ changes: true, replaces: [], deletesFirst: true });
  expect(await plugin.diff("Machine", machine, { ...machine, runs: false })).toEqual({ changes: false, replaces: [], deletesFirst: true });
});

test.each([
  ["Machine", machine],
  ["Network", { name: "nsx-protocol", range: "10.91.0.0/24" }],
  ["Image", { suite: "bookworm", packages: [], path: "/nowhere/image" }],
  ["Firewall", { name: "nsx-protocol", range: "10.91.0.0/24", rules: [] }],
])("a %s that is gone from the box reads as gone", async (type, state) => {
  expect(await plugin.read(type, "it", state)).toEqual({ id: "", props: {} });
});

test("an unknown type is refused by name", async () => {
  await expect(plugin.check("Snapshot", {})).rejects.toThrow(
    "nspawn has no resource type Snapshot; it has Image, Network, Machine, Firewall",
  );
});
