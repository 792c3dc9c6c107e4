// Level: pure functions of the provider; what nft, the kernel and systemd make of it is proven in tests/machines.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { groupsOf, limits } from "../../../providers/nspawn/cgroup";
import { ruleset } from "../../../providers/nspawn/firewall";
import { imageDigest } from "../../../providers/nspawn/image";
import { refuseUnknown } from "../../../providers/nspawn/machine";
import { bridgeAddress, bridgeName, masquerade } from "../../../providers/nspawn/network";
import { addressAt, overlap, parseRange } from "../../../providers/nspawn/range";
import { start } from "../../../providers/nspawn/running";
import { reachableNameservers, seedFiles } from "../../../providers/nspawn/seed";
import { standing } from "../../../providers/nspawn/standing";
import { keepersOn, suiteOf } from "../../../providers/nspawn/store";

const range = (text: string) => {
  const parsed = parseRange(text);
  if (parsed === undefined) throw new Error(`${text} is no range`);
  return parsed;
};

test("a range is read strictly", () => {
  expect(parseRange("10.77.0.0/24")).toEqual({ first: 172818432, last: 172818687, bits: 24 });
  for (const wrong of ["10.77.0.1/24", "10.77.0/24", "10.77.0.0/33", "10.77.0.256", "10.77.0.0/24/1", "fd00::/8", ""]) {
    expect(parseRange(wrong)).toBeUndefined();
  }
});

test("ranges that share one address overlap, neighbours do not", () => {
  expect(overlap(range("10.0.0.0/8"), range("10.77.0.0/24"))).toBe(true);
  expect(overlap(range("10.77.0.0/24"), range("10.77.1.0/24"))).toBe(false);
  expect(addressAt(range("10.77.0.0/16"), 257)).toBe("10.77.1.1");
});

test("a bridge's name fits into 15 characters and stays unique", () => {
  expect(bridgeName("shop-prod")).toBe("ws-shop-prod");
  const [one, other] = [bridgeName("webstack-production-a"), bridgeName("webstack-production-b")];
  expect(one).toMatch(/^ws-webst-[0-9a-f]{6}$/);
  expect(one).not.toBe(other);
});

test("a bridge has a hardware address of its own, that nobody assigned", () => {
  expect(bridgeAddress("shop-prod")).toMatch(/^02(:[0-9a-f]{2}){5}$/);
  expect(bridgeAddress("shop-prod")).not.toBe(bridgeAddress("shop-test"));
});

test("the firewall closes what no rule opens", () => {
  const text = ruleset({
    name: "shop",
    range: "10.77.0.0/24",
    rules: [
      { address: "10.77.0.10", port: 443, protocol: "tcp", from: ["anywhere"], why: "customers" },
      { address: "10.77.0.30", port: 5432, protocol: "tcp", from: ["10.77.0.10/32", "10.77.0.0/24"], why: 'the "app"' },
    ],
  });
  expect(text).toContain(`  chain reach {
    ip daddr 10.77.0.10 tcp dport 443 accept comment "customers"
    ip daddr 10.77.0.30 ip saddr 10.77.0.10/32 tcp dport 5432 accept comment "the  app "
    ip daddr 10.77.0.30 ip saddr 10.77.0.0/24 tcp dport 5432 accept comment "the  app "
    udp sport { 53, 123 } accept
    tcp flags & (syn | ack) == syn drop
    ip protocol { icmp, tcp } accept
    drop
  }`);
  expect(text.match(/ip daddr 10\.77\.0\.0\/24 jump reach/g)).toHaveLength(2);
});

test("only what leaves the network is masqueraded", () => {
  expect(masquerade("shop", "10.77.0.0/24")).toContain("ip saddr 10.77.0.0/24 ip daddr != 10.77.0.0/24 masquerade");
});

const hybrid = `cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,relatime,cpu,cpuacct 0 0
cgroup /sys/fs/cgroup/memory cgroup rw,relatime,memory 0 0
cgroup /sys/fs/cgroup/pids cgroup rw,relatime,pids 0 0
cgroup /sys/fs/cgroup/systemd cgroup rw,relatime,name=systemd 0 0
cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0
`;

test("groups are found on version 2 and on version 1", () => {
  expect(groupsOf("m", "cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n")).toEqual([{ folder: "/sys/fs/cgroup/webstack/m", kind: "unified" }]);
  expect(groupsOf("m", hybrid)).toEqual([
    { folder: "/sys/fs/cgroup/cpu,cpuacct/webstack/m", kind: "cpu" },
    { folder: "/sys/fs/cgroup/memory/webstack/m", kind: "memory" },
    { folder: "/sys/fs/cgroup/systemd/webstack/m", kind: "processes" },
    { folder: "/sys/fs/cgroup/unified/webstack/m", kind: "processes" },
  ]);
});

test("half a processor and 512 MiB are said in each version's words", () => {
  expect(limits({ folder: "/g", kind: "unified" }, 512, 0.5)).toEqual([
    ["/g/memory.max", "536870912"],
    ["/g/memory.swap.max", "0"],
    ["/g/cpu.max", "50000 100000"],
  ]);
  expect(limits({ folder: "/g", kind: "cpu" }, 512, 0.5)).toEqual([
    ["/g/cpu.cfs_period_us", "100000"],
    ["/g/cpu.cfs_quota_us", "50000"],
  ]);
  expect(limits({ folder: "/g", kind: "memory" }, 512, 0.5)).toEqual([["/g/memory.limit_in_bytes", "536870912"]]);
  expect(limits({ folder: "/g", kind: "processes" }, 512, 0.5)).toEqual([]);
});

test("a seed has the network, the names and the user-data of its machine", () => {
  const files = seedFiles({
    name: "web-0",
    address: "10.77.0.10",
    bits: 24,
    gateway: "10.77.0.1",
    nameservers: ["192.0.2.53"],
    userData: "#cloud-config\n",
  });
  expect(files["etc/systemd/network/05-host0.network"]).toContain("Address=10.77.0.10/24\nGateway=10.77.0.1\n");
  expect(files["etc/hosts"]).toContain("127.0.1.1 web-0\n");
  expect(files["etc/resolv.conf"]).toBe("nameserver 192.0.2.53\n");
  expect(files["var/lib/cloud/seed/nocloud/user-data"]).toBe("#cloud-config\n");
});

test("a nameserver on the box's own loopback is of no use to a machine", () => {
  expect(reachableNameservers("search x\nnameserver 127.0.0.53\nnameserver 192.0.2.53\nnameserver ::1\n")).toEqual(["192.0.2.53"]);
});

test("the order and the doubles of packages make no other image, another package does", () => {
  const digest = (packages: string[]) => imageDigest({ suite: "bookworm", packages });
  expect(digest(["nginx", "git", "git"])).toBe(digest(["git", "nginx", "sudo"]));
  expect(digest(["nginx"])).not.toBe(digest(["git", "nginx"]));
});

test("a machine whose image is gone says the command that makes it anew, as it is typed", () => {
  const urn = "urn:pulumi:shop::webstack::webstack:index:Local$nspawn:index:Machine::web-0";
  expect(() =>
    start({ name: "ws-shop-web-0", image: "/nowhere/image", bridge: "ws", memoryMiB: 512, cpus: 1, keepsData: false }, urn),
  ).toThrow(
    "the image /nowhere/image of machine ws-shop-web-0 is gone from the cache; make the machine anew: npm run up -- shop --replace " +
      `'${urn}'`,
  );
});

test.each([[true], [undefined]])("of one that keeps data (%s) nobody is advised to make it anew", (keepsData) => {
  const made = {
    name: "ws-shop-database-0",
    image: "/nowhere/image",
    bridge: "ws",
    memoryMiB: 512,
    cpus: 1,
    ...(keepsData === undefined ? {} : { keepsData }),
  };
  expect(() => start(made, "urn:pulumi:shop::webstack::nspawn:index:Machine::database-0")).toThrow(
    "the image /nowhere/image of machine ws-shop-database-0 is gone from the cache; its data are in " +
      "/var/lib/webstack/machines/ws-shop-database-0/upper and need that image: put it back at /nowhere/image, or run " +
      "npm run up -- shop with the version of this project that made the machine, which builds it there; " +
      "--replace would begin without the data",
  );
});

test("what Debian a machine has is not known to who may not look, since a review and the tests without machines need no root", () => {
  const failing = (code: string) => () => {
    throw Object.assign(new Error(`${code}: open '/var/lib/webstack/machines/it/machine.json'`), { code });
  };
  expect(suiteOf("it", failing("EACCES"))).toBeUndefined();
  expect(() => suiteOf("it", failing("EIO"))).toThrow("EIO");
});

test("a machine that has had its first boot tells its network and who it lets in by its disk, and one that has not tells nothing", () => {
  const folder = mkdtempSync(join(tmpdir(), "standing-"));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, "upper", path)), { recursive: true });
    writeFileSync(join(folder, "upper", path), text);
  };
  try {
    expect(standing("it", folder)).toBeUndefined();
    const files = seedFiles({
      name: "it",
      address: "10.77.3.30",
      bits: 22,
      gateway: "10.77.0.1",
      nameservers: [],
      userData: "#cloud-config\n",
    });
    for (const [path, text] of Object.entries(files)) write(path, text);
    expect(standing("it", folder)).toBeUndefined();
    write("home/deploy/.ssh/authorized_keys", "ssh-ed25519 ONE shop\n# nobody\nssh-ed25519 TWO\n");
    expect(standing("it", folder)).toEqual({ range: "10.77.0.0/22", keys: ["ssh-ed25519 ONE", "ssh-ed25519 TWO"] });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a machine with data that the state does not know is not removed to make it; one that was never in use, or keeps none, is", () => {
  const folder = mkdtempSync(join(tmpdir(), "machines-"));
  const it = join(folder, "machines/it");
  const refused = (keepsData?: boolean) => () =>
    refuseUnknown({ name: "it", ...(keepsData === undefined ? {} : { keepsData }) }, "shop", it);
  try {
    mkdirSync(join(it, "upper/var/lib/webstack"), { recursive: true });
    expect(refused(true)).not.toThrow();
    writeFileSync(join(it, "upper/var/lib/webstack/manifest.json"), "{}");
    expect(refused(true)).toThrow(
      "machine it stands on this box with data on its disk, and the state of stack shop knows nothing of it: bring that state back; " +
        `or put the machine aside, and npm run up -- shop makes another without the data: sudo mv ${it} ${folder}/it`,
    );
    for (const keepsData of [false, undefined]) expect(refused(keepsData)).not.toThrow();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("machines of a network that keep data are known, those of before that do not tell among them", () => {
  const made = { image: "/nowhere", memoryMiB: 512, cpus: 1 };
  const machines = [
    { ...made, name: "web-0", bridge: "ws-a", keepsData: false },
    { ...made, name: "database-0", bridge: "ws-a", keepsData: true },
    { ...made, name: "backup-0", bridge: "ws-a" },
    { ...made, name: "database-0", bridge: "ws-b", keepsData: true },
  ];
  expect(keepersOn("ws-a", () => machines)).toEqual(["database-0", "backup-0"]);
  expect(
    keepersOn("ws-a", () => {
      throw Object.assign(new Error("EACCES"), { code: "EACCES" });
    }),
  ).toEqual([]);
});
