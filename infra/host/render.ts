import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Template } from "../services/kind";

const project = join(__dirname, "..", "..");

/** Text of a file below cloud-init/ that has no variables. */
export function verbatim(path: string): string {
  return fileText(`cloud-init/${path}`);
}

/** Text of a file of the project that has no variables. */
export function fileText(path: string): string {
  return readFileSync(join(project, path), "utf8");
}

/** Text of the template cloud-init/`path`.tmpl with its variables filled in. */
export function render(path: string, values: Readonly<Record<string, string | number>>): string {
  return fill(verbatim(`${path}.tmpl`), values, `cloud-init/${path}.tmpl`);
}

/** Text of a template of a kind of service, `values` beside its own; one within it has its last newline from where it stands. */
export function renderTemplate({ path, values: own }: Template, values: Readonly<Record<string, string | number>> = {}): string {
  const text = (value: Template["values"][string]) => (typeof value === "object" ? renderTemplate(value).replace(/\n$/, "") : value);
  const filled = Object.fromEntries(Object.entries(own).map(([name, value]) => [name, text(value)]));
  return fill(fileText(`${path}.tmpl`), { ...values, ...filled }, `${path}.tmpl`);
}

/**
 * Replaces every `{{name}}`. There are no conditions and no loops: a choice picks another file or fragment.
 * @throws when the template names a value that is not there, and when a value is given that the template does not name.
 */
export function fill(template: string, values: Readonly<Record<string, string | number>>, name: string): string {
  const unused = new Set(Object.keys(values));
  const missing = new Set<string>();
  const text = template.replace(/\{\{(\w+)\}\}/g, (_, key: string) => {
    unused.delete(key);
    const value = values[key];
    if (value === undefined) missing.add(key);
    return String(value);
  });
  const faults = [...[...missing].map((key) => `has no value for {{${key}}}`), ...[...unused].map((key) => `does not name {{${key}}}`)];
  if (faults.length > 0) throw new Error(`${name}: ${faults.join(", ")}`);
  return text;
}
