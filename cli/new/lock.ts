import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipPlatform, type Runtime } from "../../infra/release/build";
import { capture, Failed } from "../../tools/setup/process";
import { UsageError } from "../terminal";
import { markOf } from "./stale";

/** pip's report of what it would install. https://pip.pypa.io/en/stable/reference/installation-report/ */
interface Report {
  readonly install: readonly {
    readonly metadata: { readonly name: string; readonly version: string };
    readonly download_info: { readonly url: string; readonly archive_info?: { readonly hashes?: Readonly<Record<string, string>> } };
  }[];
}

/**
 * The exact set of wheels that pip chooses for a host, one `name==version --hash=...` each, by name: of what the app asks for, and of the additions.
 *
 * @throws UsageError with pip's own words where there is no such set
 */
export async function lock(from: string, asked: readonly string[], additions: readonly string[], constraints: readonly string[], runtime: Runtime): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "webstack-"));
  try {
    const [input, limits, report] = ["requirements.in", "constraints.txt", "report.json"].map((name) => join(folder, name)) as [string, string, string];
    writeFileSync(input, `${[...asked, ...additions].join("\n")}\n`);
    writeFileSync(limits, `${constraints.join("\n")}\n`);
    await capture("python3", [
      ...["-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--no-input", "--dry-run", "--ignore-installed"],
      ...pipPlatform(runtime),
      // pip takes another machine's platform only together with a folder; nothing is put there.
      ...["--target", join(folder, "none"), "--report", report, "--constraint", limits, "--requirement", input],
    ]);
    return lockText(from, asked, JSON.parse(readFileSync(report, "utf8")) as Report, runtime);
  } catch (error) {
    if (error instanceof Failed) throw new UsageError(pipRefused(from, error.message, runtime));
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @throws UsageError for a package without a SHA-256, which no index gives */
export function lockText(from: string, asked: readonly string[], { install }: Report, { python, architecture }: Runtime): string {
  const entries = install.map(({ metadata: { name, version }, download_info: { archive_info } }) => {
    const sha256 = archive_info?.hashes?.["sha256"];
    if (sha256 === undefined) throw new UsageError(`${from}: ${name} ${version} comes without a SHA-256; take it from a package index`);
    return `${name.toLowerCase()}==${version} \\\n    --hash=sha256:${sha256}\n`;
  });
  const head = `# Wheels for Python ${python} on Linux ${architecture}, chosen by pip from ${from}; what a host installs, and nothing else.\n# Made by \`npm run new\`; \`npm run new -- --lock\` chooses anew.\n# Asked for: ${markOf(asked)}\n`;
  return head + entries.sort().join("");
}

/** What pip said, without its lists of every version there ever was. */
export function pipRefused(from: string, said: string, { python, architecture }: Runtime): string {
  const lines = said.split("\n").filter((line) => /^\s*ERROR:/.test(line) && !line.includes("Ignored the following versions"));
  const words = lines.map((line) => line.replace(/^\s*ERROR:\s*/, "").replace(/\s*\(from versions:[^)]*\)/, "").trim());
  const newer = /Requires-Python (>=?\s*3\.\d+)/.exec(said)?.[1];
  const sdist = /psycopg2(?!-binary)/.test(words.join(" ")) ? "; psycopg2 has no wheel, psycopg2-binary has" : "";
  const hint = newer === undefined ? "; every package needs a wheel, since hosts have no compiler" : `; newer versions ask for Python ${newer}, and hosts have ${python}`;
  return `${from}: must have wheels for Python ${python} on Linux ${architecture}, got from pip: ${words.join(" ") || said.trim().split("\n").at(-1) || "nothing"}${sdist === "" ? hint : sdist}`;
}
