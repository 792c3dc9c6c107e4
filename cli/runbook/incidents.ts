import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(__dirname, "..", "..", "docs", "incidents");

/** The form of docs/incidents/README.md, and the pages beside it with their headings two levels down. */
export function incidents(): { readonly form: string; readonly examples: string } {
  const form = /^```\n([\s\S]*?)\n```$/m.exec(readFileSync(join(folder, "README.md"), "utf8"))?.[1];
  if (form === undefined) throw new Error("docs/incidents/README.md: must hold the form between two lines of ```");
  const pages = readdirSync(folder).filter((name) => /^\d{4}-.*\.md$/.test(name)).sort();
  const examples = pages.map((name) => readFileSync(join(folder, name), "utf8").trimEnd().replace(/^#/gm, "###"));
  return { form, examples: examples.join("\n\n") };
}
