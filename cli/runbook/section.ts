import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fill } from "../../infra/host/render";

export type Values = Readonly<Record<string, string | number>>;

/**
 * A part of the runbook from its template beside this file. A line that names {{host}} is there once for each host; the values are
 * used as far as the template names them, so that all parts share one record of them.
 * @throws when the template names a value that is not there
 */
export function section(name: string, values: Values, hosts: readonly string[]): string {
  const path = `${name}.md.tmpl`;
  const template = readFileSync(join(__dirname, path), "utf8");
  const lines = template
    .split("\n")
    .flatMap((line) => (line.includes("{{host}}") ? hosts.map((host) => line.replaceAll("{{host}}", host)) : [line]));
  const text = lines.join("\n");
  const named = Object.fromEntries(Object.entries(values).filter(([key]) => text.includes(`{{${key}}}`)));
  return fill(text, named, `cli/runbook/${path}`);
}
