import { readFileSync } from "node:fs";
import { join } from "node:path";

const page = join(__dirname, "..", "..", "docs", "incidents", "README.md");

/** The form of an incident's page: what docs/incidents/README.md has between two lines of ```. */
export function incidentForm(): string {
  const form = /^```\n([\s\S]*?)\n```$/m.exec(readFileSync(page, "utf8"))?.[1];
  if (form === undefined) throw new Error(`${page}: must hold the form between two lines of \`\`\``);
  return form;
}
