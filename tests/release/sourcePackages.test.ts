import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourcePackages, withoutSources } from "../../infra/release/sourcePackages";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const entry = (name: string, text: string) => `${name}==1.0 \\\n    --hash=sha256:${sha256(text)}\n`;

let folder = "";
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "sources-"))));
afterEach(() => rmSync(folder, { recursive: true }));

test("an app without wheels of its own has none", () => {
  writeFileSync(join(folder, "requirements.txt"), entry("psycopg2", "source"));
  expect(sourcePackages(join(folder, "requirements.txt"))).toEqual([]);
});

test("a source is one with its tools beside it, named by the lock by its hash; a wheel is none, nor is a source without either", () => {
  const wheels = join(folder, "webstack_wheels");
  mkdirSync(wheels);
  for (const name of ["psycopg2-1.0.tar.gz", "alone-1.0.tar.gz", "strange-1.0.tar.gz", "pure-1.0-py3-none-any.whl"])
    writeFileSync(join(wheels, name), name);
  for (const name of ["psycopg2-1.0.tar.gz", "strange-1.0.tar.gz", "lost-1.0.tar.gz"]) writeFileSync(join(wheels, `${name}.build.txt`), "");
  const requirements = join(folder, "requirements.txt");
  const rest = entry("pure", "pure-1.0-py3-none-any.whl") + entry("alone", "alone-1.0.tar.gz");
  writeFileSync(requirements, `${entry("psycopg2", "psycopg2-1.0.tar.gz")}${rest}`);
  const found = sourcePackages(requirements);
  expect(found).toEqual([
    { name: "psycopg2", sha256: sha256("psycopg2-1.0.tar.gz"), tools: join(wheels, "psycopg2-1.0.tar.gz.build.txt") },
  ]);
  expect(withoutSources(`# head\n${entry("psycopg2", "psycopg2-1.0.tar.gz")}${rest}`, found)).toBe(`# head\n${rest}`);
});
