import { readFileSync } from "node:fs";
import { join } from "node:path";

const templates = join(__dirname, "..", "..", "cloud-init");

/** Text of a file below cloud-init/ that has no variables. */
export function verbatim(path: string): string {
  return readFileSync(join(templates, path), "utf8");
}

/** Text of the template cloud-init/`path`.tmpl with its variables filled in. */
export function render(path: string, values: Readonly<Record<string, string | number>>): string {
  return fill(verbatim(`${path}.tmpl`), values, `cloud-init/${path}.tmpl`);
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
