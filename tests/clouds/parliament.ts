import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { findLinter } from "../../tools/linters";
import { capture, Failed } from "../../tools/setup/process";

/** What parliament says of policies, its community's auditors included: "NAME: ISSUE", sorted. */
export async function runParliament(policies: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), "webstack-parliament-"));
  try {
    for (const [name, text] of Object.entries(policies)) writeFileSync(join(folder, `${name}.json`), text);
    const words = ["--directory", folder, "--include_policy_extension", "json", "--json", "--include-community-auditors"];
    // Its status tells how bad the worst finding is.
    const said = await capture(findLinter("parliament"), words).catch((error: unknown) => {
      if (error instanceof Failed && error.message.includes('{"issue"')) return error.message;
      throw error;
    });
    const found = said
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as { issue: string; location: { filepath: string | null } });
    return found.map(({ issue, location }) => `${basename(location.filepath ?? "?", ".json")}: ${issue}`).sort();
  } finally {
    rmSync(folder, { recursive: true });
  }
}
