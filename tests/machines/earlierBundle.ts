import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { file, type Manifest, type ManifestFile } from "../../infra/host/manifest";

const library = "/usr/local/lib/webstack/hostctl/";
const earlier = resolve(__dirname, "../../hostctl/tests/earlier.tar.xz");

/**
 * The bundle by which the version before hostctl's packages would have made a host what a manifest says: its modules in one folder, its
 * settings in a file for each part.
 */
export function earlierBundle(manifest: Manifest): string {
  const folder = mkdtempSync(join(tmpdir(), "earlier-"));
  try {
    execFileSync("tar", ["-xJf", earlier, "-C", folder]);
    const read = (name: string) => readFileSync(join(folder, "hostctl", name), "utf8");
    const modules = readdirSync(join(folder, "hostctl"))
      .filter((name) => name.endsWith(".py") && name !== "receive.py")
      .sort()
      .map((name) => file(`${library}${name}`, read(name)));
    const sums = modules.map(({ path, sha256 }) => `${sha256}  ${path.slice(library.length)}\n`).join("");
    // What came beside the manifest stays on the host, see hostctl/manifest/manifest.py.
    const others = manifest.files
      .filter((one) => !("late" in one) && !one.path.startsWith(library) && one.path !== "/etc/webstack/settings.json")
      .map(asThen);
    const files = [...others, ...modules, file(`${library}SHA256SUMS`, sums), ...settingsThen(manifest)];
    return `${read("receive.py")}# BUNDLE ${JSON.stringify({ ...manifest, files })}\n`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Units name hostctl's programs by their places. */
function asThen(one: ManifestFile): ManifestFile {
  const content = one.content.replaceAll("hostctl/standalone/pause_proxy.py", "hostctl/hold.py");
  return { ...one, content, sha256: createHash("sha256").update(content).digest("hex") };
}

function settingsThen({ files }: Manifest): readonly ManifestFile[] {
  const parts = JSON.parse(files.find(({ path }) => path === "/etc/webstack/settings.json")?.content ?? "{}") as Readonly<
    Record<string, unknown>
  >;
  const places = { backup: "backup", monitoring: "monitoring", watchdog: "watchdog", externalDatabase: "external-database" };
  return Object.entries(places).flatMap(([part, name]) =>
    (parts[part] ?? null) === null ? [] : [file(`/etc/webstack/${name}.json`, JSON.stringify(parts[part]))],
  );
}
