/**
 * The goldens before the programs that read them on a host, in the very image that hosts of their Debian have. Limit: nothing is started.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { debianNames, debians, defaultDebian, versionId } from "../../infra/config/catalog/debian";
import { isTakenUser } from "../../infra/config/rules/machines";
import { isTakenUnit } from "../../infra/config/rules/services";
import { webImage } from "../../infra/targets/local/images";
import { buildImage } from "../../providers/nspawn/image";
import { goldenManifests, goldenUserData } from "../goldens/stacks";
import { findScanner } from "../../tools/scanners";
import { venvOf } from "../../tools/setup/venv";
import { run } from "./stack";

const root = resolve(__dirname, "../..");

/** By the release, as a manifest names it. */
const images = new Map<string, string>();
let folder = "";
const hosts = [...goldenManifests()].filter(([, manifest]) => manifest.release !== null);

beforeAll(async () => {
  for (const debian of debianNames) images.set(versionId(debian), await buildImage(webImage(debian, "postgres"), () => undefined));
  folder = mkdtempSync(join(tmpdir(), "judges-"));
  for (const [name, manifest] of hosts) {
    for (const { path, content, mode } of manifest.files) {
      mkdirSync(dirname(join(folder, name, path)), { recursive: true });
      writeFileSync(join(folder, name, path), content, { mode: parseInt(mode, 8) });
    }
    symlinkSync("maintenance-off", join(folder, name, "etc/nginx/webstack/maintenance"));
    for (const service of manifest.services.filter(({ kind }) => kind === "slots")) {
      symlinkSync(`${service.name}-blue.conf`, join(folder, name, `etc/nginx/webstack/upstreams/${service.name}.conf`));
    }
  }
  for (const [name, text] of goldenUserData()) writeFileSync(join(folder, name), text);
}, 600_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a command in the image; what it writes is gone afterwards. */
async function inImage(options: readonly string[], command: readonly string[], tree: string) {
  const container = ["--quiet", "--register=no", "--keep-unit", "--private-network", "--volatile=overlay", `--directory=${tree}`, "--pipe"];
  const { code, stdout, stderr } = await run("systemd-nspawn", [...container, ...options, ...command]);
  // systemd-nspawn's own remark at its end, where /run is no tmpfs.
  const own = stderr.split("\n").filter((line) => !line.startsWith("Attempted to remove disk file system under"));
  return { code, stdout: stdout.trim(), stderr: own.join("\n").trim() };
}

/** Runs a command in the image of a host's Debian, with the host's files laid over /etc and /usr/local. */
function judge(host: string, ...command: string[]) {
  const over = ["etc", "usr/local"].map((path) => `--overlay=+/${path}:${join(folder, host, path)}::/${path}`);
  return inImage(over, command, images.get(hosts.find(([name]) => name === host)?.[1].debian ?? "") ?? "");
}

describe.each(hosts.map(([name, manifest]) => ({ name, manifest })))("$name", ({ name, manifest }) => {
  test("nginx reads its configuration, and gixy finds nothing in it", async () => {
    // What hostctl runs before nginx's own check, such as a certificate's stand-in.
    const before = manifest.checks.filter(({ below, command }) => below === "/etc/nginx/" && !command[0]?.endsWith("/nginx-check"));
    const { code, stdout, stderr } = await judge(
      name,
      "sh",
      "-c",
      ["mkdir -p /run/nginx", ...before.map(({ command }) => command.join(" ")), "nginx -T"].join(" && "),
    );
    expect([code, stderr]).toEqual([0, expect.stringContaining("test is successful")]);
    const gixy = await run(findScanner("gixy"), ["-"], {}, stdout);
    expect([gixy.code, gixy.stdout]).toEqual([0, expect.stringContaining("No issues found.")]);
  });

  test("systemd finds nothing to say about its units", async () => {
    const units = manifest.files
      .map(({ path }) => path)
      .filter((path) => /\/etc\/systemd\/system\/[^/]+\.(service|socket|timer)$/.test(path));
    expect(units.length).toBeGreaterThan(2);
    // A slot's program exists once a release does; here only its name matters.
    const programs =
      "mkdir -p /srv/webstack/current/venv/bin; for s in api site web; do for c in blue green i; do mkdir -p " +
      "/srv/webstack/slots/$s-$c/venv/bin; ln -sf /usr/bin/python3 /srv/webstack/slots/$s-$c/venv/bin/python; done; done; ln -sf " +
      "/usr/bin/python3 /srv/webstack/current/venv/bin/python; useradd --system ocpizza; ln -sf /usr/bin/true /usr/sbin/nrpe; " +
      "useradd --system nagios;";
    const instances = units.map((unit) => unit.replace("@.", /\/nginx[a-z-]*@/.test(unit) ? "@80." : "@blue."));
    const { stdout, stderr } = await judge(
      name,
      "sh",
      "-c",
      `${programs} systemd-analyze verify --man=no --recursive-errors=yes ` +
        `${instances.map((unit) => unit.split("/").at(-1)).join(" ")}; echo ended with $?`,
    );
    expect([stderr, stdout]).toEqual(["", "ended with 0"]);
  });

  // No services of the site, and root that may write anywhere: a deployment that a changed login asks for; and dpkg, which installs what
  // Debian does not have.
  test.each(
    manifest.files
      .filter(({ path }) => path.endsWith(".service") && !/\/webstack-(login|agent|sessions)\.service$/.test(path))
      .map(({ path }) => path.split("/").at(-1) ?? ""),
  )("%s is exposed as little as promised", async (unit) => {
    // nginx binds a port below 1024; what makes a backup or looks for drift reads the files of every user; what watches is root without
    // capabilities, the site's address is taken with one; the recovery gives files back to their owners; NRPE sees the processes of every
    // user.
    const threshold =
      unit === "nginx.service" ? 16 : /^(webstack-(alert@|address|backup|drill|drift|integrity|recover|watch)|nagios)/.test(unit) ? 20 : 12;
    const { code, stdout } = await judge(
      name,
      "systemd-analyze",
      "security",
      "--offline=yes",
      `--threshold=${threshold}`,
      "--no-pager",
      `/etc/systemd/system/${unit}`,
    );
    expect([code, stdout.split("\n").at(-1)]).toEqual([0, expect.stringContaining("Overall exposure level")]);
  });

  test("logrotate reads its rules", async () => {
    const { code, stderr } = await judge(
      name,
      "sh",
      "-c",
      "mkdir -p /var/log/webstack && logrotate --debug /etc/logrotate.d/nginx /etc/logrotate.d/webstack",
    );
    expect([code, stderr]).toEqual([0, expect.not.stringMatching(/error:|unknown/)]);
  });

  test("nft reads its rules", async () => {
    const { code, stderr } = await judge(name, "nft", "--check", "--file", "/etc/nftables.conf");
    expect([code, stderr]).toEqual([0, ""]);
  });

  test("its shell scripts parse", async () => {
    for (const { path } of manifest.files.filter(
      ({ path: p, content }) => p.startsWith("/usr/local/") && content.startsWith("#!/bin/sh"),
    )) {
      expect(await judge(name, "sh", "-n", path)).toMatchObject({ code: 0, stderr: "" });
    }
  });
});

test.each(debianNames)(
  "no app may have the name of a user or group that the image of %s has, and no service or job that of a unit",
  async (debian) => {
    const tree = await buildImage(webImage(debian, "postgres"), () => undefined);
    const { stdout } = await inImage(
      [],
      [
        "sh",
        "-c",
        "cut -d: -f1 /etc/passwd /etc/group; echo; ls /lib/systemd/system /etc/systemd/system | grep -E " +
          "'\\.(service|socket|timer)$' | sed 's/@*\\.[a-z]*$//'",
      ],
      tree,
    );
    const [users = [], units = []] = stdout.split("\n\n").map((part) => part.split("\n"));
    expect([users.length > 40, units.length > 80]).toEqual([true, true]);
    // Forms of the key table leave the others out.
    expect(users.filter((name) => /^[a-z][a-z0-9-]+$/.test(name) && !isTakenUser(name))).toEqual([]);
    expect(units.filter((name) => /^[a-z][a-z0-9-]+$/.test(name) && !isTakenUnit(name))).toEqual([]);
  },
);

test.each(debianNames)(
  "%s has the versions that plans, locks and documents take from the table",
  async (debian) => {
    const { pythonFull, postgres, mariadb, nginx, restic } = debians[debian];
    const tree = await buildImage(webImage(debian, "postgres"), () => undefined);
    const { stdout } = await run("dpkg-query", [
      `--root=${tree}`,
      "--show",
      "--showformat=${Package} ${Version}\\n",
      "python3",
      "nginx",
      "restic",
      "postgresql-client-*",
      "libc6",
    ]);
    const found = Object.fromEntries(
      stdout
        .split("\n")
        .filter((line) => / \d/.test(line))
        .map((line) => line.split(" ") as [string, string]),
    );
    const begins = (version: string) => expect.stringMatching(`^${version.replaceAll(".", "\\.")}[.-]`);
    expect(found).toEqual({
      python3: begins(pythonFull),
      nginx: begins(nginx),
      restic: begins(restic),
      [`postgresql-client-${postgres}`]: begins(postgres),
      libc6: begins(`2.${debians[debian].glibc}`),
      "postgresql-client-common": expect.anything(),
    });
    const client = await run("dpkg-query", [
      `--root=${await buildImage(webImage(debian, "mysql"), () => undefined)}`,
      "--show",
      "--showformat=${Version}",
      "mariadb-client",
    ]);
    expect(client.stdout.replace(/^\d+:/, "")).toEqual(begins(mariadb));
  },
  300_000,
);

test.each(debianNames)(
  "the clients of MySQL on %s log in by its plug-in caching_sha2_password",
  async (debian) => {
    const tree = await buildImage(webImage(debian, "mysql"), () => undefined);
    const python = await venvOf(join(root, "examples/ocpizza/requirements.txt"));
    // As the venv of a release has it; a wheel without compiled parts.
    const { stdout: packages } = await run(python, ["-c", "import sysconfig; print(sysconfig.get_paths()['purelib'], end='')"]);
    const bound = [
      `--bind-ro=${join(root, "hostctl")}:/opt/hostctl`,
      `--bind-ro=${join(packages, "pymysql")}:/opt/pymysql`,
      "--chdir=/opt",
      "--setenv=PYTHONDONTWRITEBYTECODE=1",
    ];
    const { stdout, stderr } = await inImage(bound, ["python3", "-m", "unittest", "hostctl.tests.on_sha2"], tree);
    expect(`${stdout}${stderr}`).toMatch(/^Ran 4 tests in .*\n\nOK$/m);
  },
  300_000,
);

test.each([...goldenUserData().keys()])("cloud-init reads the user-data of %s", async (name) => {
  const debian = debianNames.find((one) => name.startsWith(one)) ?? defaultDebian;
  const tree = await buildImage(webImage(debian, "postgres"), () => undefined);
  const { code, stdout, stderr } = await inImage(
    [`--bind-ro=${join(folder, name)}:/run/user-data`],
    ["cloud-init", "schema", "--config-file", "/run/user-data"],
    tree,
  );
  expect([code, stdout, stderr]).toEqual([0, expect.stringMatching(/^Valid (cloud-config:|schema) \/run\/user-data$/), ""]);
});
