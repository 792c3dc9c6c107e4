// Level: real machines on this box, made through the plugin as Pulumi's engine would; needs root and, once, a Debian mirror.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServiceError } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { processes } from "../../providers/nspawn/cgroup";
import { bridgeAddress } from "../../providers/nspawn/network";
import { cutPower } from "./cutPower";
import { record } from "./record";
import { type Plugin, startPlugin } from "../providers/nspawn/plugin";

jest.setTimeout(300_000);

const range = "10.91.0.0/24";
const net = { name: "nsx", range };
const rule = (address: string, port: number, from: string) => ({ address, port, protocol: "tcp", from: [from], why: "test" });
const openings = ["10.91.0.10", "10.91.0.11", "10.91.0.12"].map((address) => rule(address, 22, "10.91.0.1/32"));

let plugin: Plugin;
let keys: string;
let image: { id: string; outs: Record<string, unknown> };
let base: Record<string, unknown>;
let first: Record<string, unknown>;

const machineArgs = (name: string, address: string) => ({ ...base, name, address });
async function create(name: string, address: string) {
  record({ boots: 1 });
  return (await plugin.create("Machine", machineArgs(name, address))).outs;
}

/** Runs a shell command on a machine over SSH, whose host key must be the one the provider told. */
function on(machine: Record<string, unknown>, command: string) {
  const words = ["-i", join(keys, "key"), "-o", "StrictHostKeyChecking=yes", "-o", `UserKnownHostsFile=${join(keys, "known")}`];
  const known = `${String(machine.address)} ${String(machine.hostKey)}\n`;
  execFileSync("tee", [join(keys, "known")], { input: known, stdio: ["pipe", "ignore", "ignore"] });
  return spawnSync("ssh", [...words, `deploy@${String(machine.address)}`, command], { encoding: "utf8" });
}

/** Whether a TCP connection from the box is let in within a second; a refusal means it reached the machine. */
function reaches(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: address, port, timeout: 1000 });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => settle(true)).once("timeout", () => settle(false));
    socket.once("error", (error: NodeJS.ErrnoException) => settle(error.code === "ECONNREFUSED"));
  });
}

const until = async (holds: () => boolean) => {
  for (const end = Date.now() + 20_000; !holds() && Date.now() < end;) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(holds()).toBe(true);
};

beforeAll(async () => {
  if (process.getuid?.() !== 0) throw new Error("these tests make machines, bridges and nft tables; run them as root");
  keys = mkdtempSync(join(tmpdir(), "nspawn-keys-"));
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(keys, "key")]);
  plugin = await startPlugin();
  image = await plugin.create("Image", { suite: "bookworm", packages: [] });
  const { outs: network } = await plugin.create("Network", net);
  await plugin.create("Firewall", { name: "nsx", range, rules: openings });
  base = {
    suite: "bookworm",
    image: image.outs.path,
    bridge: network.bridge,
    gateway: network.gateway,
    range,
    userData: `#cloud-config
users:
  - name: deploy
    shell: /bin/bash
    sudo: "ALL=(ALL) NOPASSWD:ALL"
    ssh_authorized_keys: ["${readFileSync(join(keys, "key.pub"), "utf8").trim()}"]
`,
    memoryMiB: 384,
    cpus: 1,
  };
  first = await create("nsx-web-0", "10.91.0.10");
});

afterAll(async () => {
  for (const name of ["nsx-web-0", "nsx-web-1"]) await plugin.delete("Machine", name, { name });
  await plugin.delete("Firewall", "nsx", { name: "nsx" });
  await plugin.delete("Network", "nsx", net);
  await plugin.stop();
  rmSync(keys, { recursive: true });
});

test("a machine lets its user in by SSH, under the host key that was told, and its first boot has no fault", () => {
  expect(on(first, "sudo hostname && systemctl --failed --no-legend && cloud-init status --wait | tail -1").stdout).toBe(
    "nsx-web-0\nstatus: done\n",
  );
});

test("the bridge keeps its hardware address with machines on it, so that those that stay need not look for it again", () => {
  expect(readFileSync("/sys/class/net/ws-nsx/address", "utf8").trim()).toBe(bridgeAddress("nsx"));
});

test("memory is limited from outside, and an update raises the limit of the running machine", async () => {
  // The shell stays, because ssh itself would answer 255 for a command that a signal ended.
  const eat = "python3 -c 'bytearray(500 << 20)'; exit $?";
  expect(on(first, eat).status).toBe(137);
  const before = processes("nsx-web-0");
  await plugin.update("Machine", "nsx-web-0", first, { ...machineArgs("nsx-web-0", "10.91.0.10"), memoryMiB: 1024 });
  expect(on(first, eat).status).toBe(0);
  expect(processes("nsx-web-0")).toEqual(expect.arrayContaining([Math.min(...before)]));
});

test("a port is reached from where a rule says, and an update of the rules works at once", async () => {
  const second = await create("nsx-web-1", "10.91.0.11");
  expect(on(first, "sudo systemd-run --quiet python3 -m http.server 8000").status).toBe(0);
  const fetch = () => on(second, "timeout 2 python3 -c 'import socket; socket.create_connection((\"10.91.0.10\", 8000))'").status;

  expect(fetch()).toBe(124);
  expect(await reaches("10.91.0.10", 8000)).toBe(false);

  await plugin.update("Firewall", "nsx", {}, { name: "nsx", range, rules: [...openings, rule("10.91.0.10", 8000, "10.91.0.11/32")] });
  expect(fetch()).toBe(0);
  expect(await reaches("10.91.0.10", 8000)).toBe(false);
});

test("a machine that was killed is a change; the update starts it with its data and its host key", async () => {
  expect(on(first, "echo kept | sudo tee /var/kept && sync").status).toBe(0);
  const args = machineArgs("nsx-web-0", "10.91.0.10");
  const state = { ...args, hostKey: first.hostKey };
  expect((await plugin.diff("Machine", state, args)).changes).toBe(false);

  cutPower("nsx-web-0");
  await until(() => processes("nsx-web-0").length === 0);
  expect(await plugin.diff("Machine", state, args)).toEqual({ changes: true, replaces: [], deletesFirst: true });

  expect((await plugin.update("Machine", "nsx-web-0", state, args)).hostKey).toBe(first.hostKey);
  expect(on(first, "sudo cat /var/kept").stdout).toBe("kept\n");
});

test("when the provider is killed while it creates a machine, the next create makes that machine", async () => {
  const doomed = await startPlugin();
  const lost = doomed.create("Machine", machineArgs("nsx-web-1", "10.91.0.11")).catch(() => undefined);
  await until(() => existsSync("/var/lib/webstack/machines/nsx-web-1/console.log") && processes("nsx-web-1").length > 3);
  await doomed.stop();
  await lost;
  const leftover = processes("nsx-web-1");
  expect(leftover.length).toBeGreaterThan(0);

  const again = await create("nsx-web-1", "10.91.0.11");
  expect(on(again, "hostname").stdout).toBe("nsx-web-1\n");
  expect(processes("nsx-web-1").filter((id) => leftover.includes(id))).toEqual([]);
});

test("one that keeps data and was in use is not removed by a create, whose state must have been lost", async () => {
  expect(on(first, "sudo mkdir -p /var/lib/webstack && sudo touch /var/lib/webstack/manifest.json").status).toBe(0);
  const before = processes("nsx-web-0");
  await expect(plugin.create("Machine", { ...machineArgs("nsx-web-0", "10.91.0.10"), keepsData: true })).rejects.toThrow(
    "machine nsx-web-0 stands on this box with data on its disk, and the state of stack test knows nothing of it: bring that state " +
      "back; or put the machine aside, " +
      "and npm run up -- test makes another without the data: sudo mv /var/lib/webstack/machines/nsx-web-0 /var/lib/webstack/nsx-web-0",
  );
  expect(processes("nsx-web-0")).toEqual(expect.arrayContaining([Math.min(...before)]));
  expect(on(first, "sudo cat /var/kept").stdout).toBe("kept\n");
});

test("a machine that cannot boot keeps its state and says why", async () => {
  const empty = mkdtempSync(join(tmpdir(), "nspawn-empty-"));
  mkdirSync(join(empty, "usr"));
  const args = { ...machineArgs("nsx-broken", "10.91.0.12"), image: empty };
  const error = (await plugin.create("Machine", args).catch((caught: unknown) => caught)) as ServiceError;
  expect(error.details).toContain("machine nsx-broken stopped while it booted; its console ends:");
  expect(error.details).toContain("nsx-broken/root");
  const [status] = error.metadata.get("grpc-status-details-bin");
  const detail = Status.deserializeBinary(status as Buffer).getDetailsList()[0];
  const failed = ErrorResourceInitFailed.deserializeBinary(detail?.getValue_asU8() ?? new Uint8Array());
  expect(failed.getId()).toBe("nsx-broken");
  expect(failed.getProperties()?.toJavaScript()).toEqual(args);
  await plugin.delete("Machine", "nsx-broken", args);
  rmSync(empty, { recursive: true });
});

test("a network is not made anew while a machine on it may keep data, since that would go with it", async () => {
  await expect(plugin.diff("Network", net, { ...net, range: "10.91.1.0/24" })).rejects.toThrow(
    "network nsx of 10.91.0.0/24 has machines that keep data on their disks, nsx-web-0 and nsx-web-1, and one of 10.91.1.0/24 " +
      "would begin without them: write the network.range that the stack had; or give the data up first: npm run down -- test",
  );
  await expect(plugin.diff("Network", net, { ...net, name: "nsx-other" })).rejects.toThrow(
    "and one called nsx-other would begin without them: give the stack the name that it had; or give the data up first",
  );
  for (const [name, address] of [
    ["nsx-web-0", "10.91.0.10"],
    ["nsx-web-1", "10.91.0.11"],
  ] as const)
    await plugin.update("Machine", name, machineArgs(name, address), { ...machineArgs(name, address), keepsData: false });
  expect((await plugin.diff("Network", net, { ...net, range: "10.91.1.0/24" })).replaces).toEqual(["range"]);
});

test("delete leaves no process, interface, table, mount, group or folder, and takes leftovers on the bridge along", async () => {
  const name = "nsx-a-machine-with-a-name-longer-than-an-interface";
  await create(name, "10.91.0.12");
  await plugin.delete("Machine", "nsx-web-0", first);
  await plugin.delete("Machine", "nsx-web-0", first);
  await plugin.delete("Firewall", "nsx", { name: "nsx" });
  await plugin.delete("Network", "nsx", net);

  const ours = (text: string) => text.split("\n").filter((line) => line.includes("nsx"));
  expect([name, "nsx-web-0", "nsx-web-1"].flatMap(processes)).toEqual([]);
  expect(ours(execFileSync("ip", ["-details", "link"], { encoding: "utf8" }))).toEqual([]);
  expect(ours(execFileSync("nft", ["list", "tables"], { encoding: "utf8" }))).toEqual([]);
  expect(ours(readFileSync("/proc/mounts", "utf8"))).toEqual([]);
  expect(ours(execFileSync("find", ["/sys/fs/cgroup", "-type", "d"], { encoding: "utf8" }))).toEqual([]);
  expect(ours(readdirSync("/run/systemd/nspawn/propagate").join("\n"))).toEqual([]);
  expect(ours(readdirSync("/var/lib/webstack/machines").join("\n"))).toEqual([]);
});
