/**
 * The simulated cloud itself, with a program of its own: a host behind a gate behind an address. Limit: it proves how engine, program and
 * simulation play together; that DigitalOcean behaves as the simulation does is known from its provider's sources alone.
 */
import { resolve } from "node:path";
import { runInside } from "../cloud/inside";
import { fetched, said, steps, TestCloud } from "./cloud";
import { run } from "./stack";

const cloud = new TestCloud("cloudsim", "10.84.27.0/24", "digitalocean", { program: resolve(__dirname, "../cloud/programs/digitalocean") });

afterAll(async () => {
  expect((await cloud.down()).code).toBe(0);
}, 60_000);

/** What the cloud did since the mark. */
test("a preview of a new stack creates nothing", async () => {
  await cloud.configure({ "cloudsim:range": cloud.range, "cloudsim:page": "first", "cloudsim:database": "true" });
  const preview = await cloud.preview();
  expect([preview.code, said(preview)]).toEqual([0, expect.stringContaining("10 to create")]);
  expect(cloud.entries()).toEqual([]);
}, 60_000);

test("the first up leads the address to the machine", async () => {
  await cloud.mustUp();
  const { reserved, own, urn } = await cloud.values();
  expect([await fetched(reserved), await fetched(own)]).toEqual(["first", "first"]);
  expect(urn).toBe(`do:droplet:${cloud.resources("Droplet")[0]?.id ?? ""}`);
}, 180_000);

test("the database serves the tagged host with TLS and its password, and nobody else", async () => {
  const { stdout } = await cloud.pulumi(["stack", "output", "database", "--json", "--show-secrets"]);
  const { host, port, password, certificate } = JSON.parse(stdout) as { host: string; port: number; password: string; certificate: string };
  const droplet = cloud.resources("Droplet")[0];
  const query = (settings: string) =>
    runInside(
      String(droplet?.outputs.machine),
      `cat > /opt/ca.crt <<'EOF'\n${certificate}EOF\nPGPASSWORD='${password}' psql -XAt "host=${host} port=${port} user=app ` +
        `dbname=shop sslrootcert=/opt/ca.crt ${settings}" -c 'select current_user' 2>&1 || true`,
    ).trim();
  expect(query("sslmode=verify-full")).toBe("app");
  expect(query("sslmode=disable")).toContain("no pg_hba.conf entry");
  const stranger = await run("psql", ["-XAt", `host=${host} port=${port} user=app dbname=shop`, "-c", "select 1"], {
    env: { ...process.env, PGPASSWORD: password },
  });
  if (!stranger.stderr.includes("ENOENT")) expect(stranger.stderr).toContain("no pg_hba.conf entry");
});

test("the state keeps passwords as secrets", async () => {
  const { stdout } = await cloud.pulumi(["stack", "export"]);
  expect(stdout).not.toContain("sim_");
  expect((await cloud.pulumi(["stack", "export", "--show-secrets"])).stdout).toContain("sim_");
});

test("an unchanged preview has nothing to do", async () => {
  const preview = await cloud.preview("--expect-no-changes");
  expect([preview.code, said(preview)]).toEqual([0, expect.stringContaining("10 unchanged")]);
}, 60_000);

test("another size is given to the same machine, switched off for it", async () => {
  const mark = cloud.journal().length;
  await cloud.configure({ "cloudsim:size": "s-1vcpu-1gb" });
  await cloud.mustUp();
  expect(cloud.since(mark)).toEqual(["update Droplet web"]);
}, 60_000);

test("a preview shows a replacement before it happens", async () => {
  await cloud.configure({ "cloudsim:page": "second" });
  const preview = await cloud.preview();
  expect(said(preview)).toMatch(/\+- +digitalocean:index:Droplet +web +replace \[diff: ~userData\]/);
  expect(said(preview)).toMatch(/\+- +digitalocean:index:ReservedIpAssignment +pointer +replace \[diff: ~dropletId\]/);
  const replaced = cloud.entries().filter(({ op }) => op === "replace");
  expect(replaced.map(({ name, keys }) => [name, keys])).toEqual([
    ["web", ["userData"]],
    ["pointer", ["dropletId"]],
  ]);
  expect(cloud.resources("Droplet")).toHaveLength(1);
}, 60_000);

test("a replacement moves the address behind the gate, then deletes the old machine", async () => {
  const mark = cloud.journal().length;
  const up = await cloud.mustUp();
  expect(steps(up)).toEqual([
    "created replacement Droplet web",
    "updated Command gate",
    "created replacement ReservedIpAssignment pointer",
    "deleted original ReservedIpAssignment pointer",
    "deleted original Droplet web",
  ]);
  expect(cloud.since(mark)).toEqual([
    "create Droplet web",
    "create ReservedIpAssignment pointer",
    "delete ReservedIpAssignment pointer",
    "delete Droplet web",
  ]);
  expect(await fetched((await cloud.values()).reserved)).toBe("second");
}, 120_000);

test("a new machine that the gate refuses leaves the old one serving", async () => {
  const mark = cloud.journal().length;
  await cloud.configure({ "cloudsim:page": "third" });
  cloud.ask({ op: "create", type: "digitalocean:index/droplet:Droplet", closedPorts: [80] });
  const up = await cloud.up();
  expect(up.code).not.toBe(0);
  expect(cloud.since(mark)).toEqual(["create Droplet web"]);
  expect(cloud.resources("Droplet")).toHaveLength(2);
  expect(await fetched((await cloud.values()).reserved)).toBe("second");
}, 120_000);

test("the next up replaces the refused machine and deletes both others", async () => {
  const mark = cloud.journal().length;
  await cloud.configure({ "cloudsim:page": "fourth" });
  await cloud.mustUp();
  expect(cloud.since(mark)).toEqual([
    "create Droplet web",
    "create ReservedIpAssignment pointer",
    "delete ReservedIpAssignment pointer",
    "delete Droplet web",
    "delete Droplet web",
  ]);
  expect(cloud.resources("Droplet")).toHaveLength(1);
  expect(await fetched((await cloud.values()).reserved)).toBe("fourth");
}, 120_000);

test("a create that the cloud refuses is an error of the run and leaves no resource", async () => {
  const mark = cloud.journal().length;
  await cloud.configure({ "cloudsim:page": "fifth" });
  cloud.ask({ op: "create", type: "digitalocean:index/droplet:Droplet", error: "422: droplet limit exceeded" });
  const up = await cloud.up();
  expect([up.code === 0, said(up)]).toEqual([false, expect.stringContaining("422: droplet limit exceeded")]);
  expect(cloud.since(mark)).toEqual(["create Droplet web: 422: droplet limit exceeded"]);
  expect(cloud.resources("Droplet")).toHaveLength(1);
}, 60_000);

test("a refresh forgets what somebody removed", async () => {
  const [pointer] = cloud.resources("ReservedIpAssignment");
  cloud.store.remove(pointer?.type ?? "", pointer?.id ?? "");
  const refresh = await cloud.refresh();
  expect([refresh.code, said(refresh)]).toEqual([0, expect.stringContaining("1 deleted")]);
}, 60_000);

test("destroy leaves nothing in the cloud and nothing on the box", async () => {
  const { own, reserved } = await cloud.values();
  const destroyed = await cloud.destroy();
  expect([destroyed.code, cloud.store.all()]).toEqual([0, []]);
  const [links, rules] = [await run("ip", ["address"]), await run("nft", ["list", "ruleset"])];
  for (const address of [own, reserved]) expect(links.stdout + rules.stdout).not.toContain(String(address));
  expect(rules.stdout).not.toContain("webstack-test-cloudsim-");
}, 60_000);
