/** Settings of every host. Limit: what the kernel takes of them is another question; machines of this box share its kernel. */
import { afterUpgrade } from "../../../infra/host/features/afterUpgrade";
import { hardening } from "../../../infra/host/features/hardening";
import { planStack } from "../../../infra/plan";
import { spec, type Raw } from "../../config/baseline";

function part(feature: typeof hardening, raw: Raw = {}) {
  const plan = planStack(spec(raw));
  const [host] = plan.hosts;
  if (host === undefined) throw new Error("no host is planned");
  return feature(plan, host);
}

const { packages = [], files = [] } = part(hardening);

const text = (path: string) => files.find((one) => one.path === path)?.content ?? "";

test("no setting of the kernel stops the others where it is not there, and each key is set once", () => {
  const lines = text("/etc/sysctl.d/90-webstack.conf")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  expect(lines.filter((line) => !/^-[a-z0-9_.]+ = \d$/.test(line))).toEqual([]);
  const keys = lines.map((line) => line.split(" ")[0] ?? "");
  expect(new Set(keys).size).toBe(keys.length);
  expect(lines).toEqual(
    expect.arrayContaining([
      "-kernel.kptr_restrict = 2",
      "-kernel.unprivileged_bpf_disabled = 1",
      "-net.core.bpf_jit_harden = 2",
      "-fs.suid_dumpable = 0",
      "-fs.protected_symlinks = 1",
    ]),
  );
  // It sets the keys after it back to what a host has.
  expect(lines[0]).toBe("-net.ipv4.conf.all.forwarding = 0");
});

test("only security updates come by themselves, without a reboot", () => {
  const settings = text("/etc/apt/apt.conf.d/60webstack");
  expect(settings.match(/origin=[^"]*/g)).toEqual(["origin=Debian,codename=${distro_codename}-security,label=Debian-Security"]);
  expect(settings).toContain('Automatic-Reboot "false";');
});

test("no password grows too old, for its account's key would be refused", () => {
  expect(text("/etc/login.defs")).not.toMatch(/^PASS_MAX_DAYS/m);
});

test("no compiler and no hook that needs a bug server come along", () => {
  expect(packages.filter((name) => /binutils|gcc|needrestart|rkhunter|listbugs/.test(name))).toEqual([]);
});

test("after an update the host looks at every unit of its services", () => {
  const { files: written = [] } = part(afterUpgrade, {
    services: { web: { kind: "wsgi", module: "a:b" }, bot: { kind: "command", command: ["bot"] } },
  });
  expect(written.map(({ content }) => content).join("")).toContain("\nfor unit in web@blue.service web@green.service bot.service; do\n");
});
