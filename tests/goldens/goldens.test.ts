/** Limit: these show the text; tests/machines/judges.test.ts lets nginx, systemd, cloud-init and nft judge it. */
import { expectGolden, expectNothingElse } from "./golden";
import { keptFiles, stoodFor } from "./hosts";
import { goldenManifests, goldenUserData } from "./stacks";

const manifests = goldenManifests();

test("every host has what is kept of it", () => {
  expectGolden("hosts", keptFiles(manifests), stoodFor(manifests));
});

test("nothing is kept that no test claims", () => {
  expectNothingElse();
});

test("user-data is as kept", () => {
  expectGolden("user-data", goldenUserData());
});

test("user-data fits every cloud", () => {
  // EC2 takes 16 KiB: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
  expect([...goldenUserData().values()].filter((text) => Buffer.byteLength(text) >= 16 * 1024)).toEqual([]);
});

test("a command's words reach systemd as they are", () => {
  const unit = manifests.get("every-kind/web-0")?.files.find(({ path }) => path.endsWith("/worker.service"))?.content;
  expect(unit).toContain('ExecStart=/usr/bin/env python -m worker --name "50%% $$x"\n');
  expect(unit).toContain("After=network.target site@blue.service site@green.service\n");
});

test("a service with a port listens on the machine itself only", () => {
  const site = manifests.get("every-kind/web-0")?.files.find(({ path }) => path.endsWith("/site.conf"))?.content;
  expect(site).toContain("listen 127.0.0.1:8001;");
  expect(site).not.toContain("listen 8001");
  expect(site).toContain('    "/favicon.ico" 0;\n');
  expect(site).toContain("server_name shop.example www.shop.example 10.");
});

test("SSH is open to the operators' addresses of both families and to nobody else", () => {
  const rules = manifests.get("every-kind/web-0")?.files.find(({ path }) => path === "/etc/nftables.conf")?.content ?? "";
  expect(rules.split("\n").filter((line) => line.includes("dport 22"))).toEqual([
    '        ip saddr { 192.0.2.0/24 } tcp dport 22 accept comment "operators and releases"',
    '        ip6 saddr { 2001:db8::/32 } tcp dport 22 accept comment "operators and releases"',
  ]);
});

test("checks run in an order in which each finds what it reads", () => {
  // Without a certificate nginx's own check would fail; the stand-in is made before it.
  const checks = manifests.get("ocpizza-aws/web-0")?.checks.map(({ command }) => command[0]?.split("/").pop());
  expect(checks).toEqual(["systemd-tmpfiles", "sshd", "nft", "certificate-present", "nginx-check"]);
});

test("every unit that runs a program has a limit of memory and one of tasks", () => {
  const units = [...manifests.values()].flatMap(({ files }) => files.filter(({ path }) => /\/etc\/systemd\/system\/[^/]+\.service$/.test(path)));
  expect(units.length).toBeGreaterThan(40);
  expect(units.filter(({ content }) => !/^MemoryMax=\d+M$/m.test(content) || !/^TasksMax=\d+$/m.test(content)).map(({ path }) => path)).toEqual([]);
});

test("NRPE is open to the allowed hosts of both families and to nobody else", () => {
  const rules = manifests.get("every-kind/web-0")?.files.find(({ path }) => path === "/etc/nftables.conf")?.content ?? "";
  expect(rules.split("\n").filter((line) => line.includes("dport 5666"))).toEqual([
    '        ip saddr { 192.0.2.9/32 } tcp dport 5666 accept comment "checks by NRPE"',
    '        ip6 saddr { 2001:db8:9::/48 } tcp dport 5666 accept comment "checks by NRPE"',
  ]);
  const closed = manifests.get("ocpizza-local/web-0");
  expect([closed?.packages.includes("nagios-nrpe-server"), closed?.files.find(({ path }) => path === "/etc/nftables.conf")?.content.includes("5666")]).toEqual([false, false]);
});
