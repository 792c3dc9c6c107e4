/**
 * Writes tests/cloud/schema/{digitalocean,aws}.json: what a simulated cloud must know of the types our stacks may use.
 * Names, types and secrecy come from the declarations of the installed SDKs, which are generated from the published schema. They do not say
 * which changes replace a resource, except in their texts; the table in cloudReplaces.ts says it for the rest.
 * Run: tools/run tools/cloudSchema.ts
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { replaces, type Package } from "./cloudReplaces";
import { project } from "./setup/folders";

export interface TypeSchema {
  /** Type of each input; those in `required` must be given. */
  readonly inputs: Readonly<Record<string, PropertyType>>;
  readonly required: readonly string[];
  /** Every property of the state; those in `optional` may be absent. */
  readonly outputs: Readonly<Record<string, PropertyType>>;
  readonly optional: readonly string[];
  readonly secrets: readonly string[];
  /** Inputs that cannot change on a living resource. */
  readonly replaces: readonly string[];
}

export type PropertyType = "string" | "number" | "boolean" | "list" | "object";

export interface PackageSchema {
  readonly package: string;
  readonly version: string;
  readonly types: Readonly<Record<string, TypeSchema>>;
}

/** How the SDKs' texts name a property that cannot change. */
const forcesNew = /forces? (?:a )?(?:new resource|replacement)|forces? (?:the )?(?:creation|recreation) of a|new resource to be created/i;

/** Of one package, with the types of the table. */
export function packageSchema(name: Package): PackageSchema {
  const folder = join(project, "node_modules/@pulumi", name);
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  const types = Object.entries(replaces[name]).map(([token, keys]) => [token, typeSchema(folder, token, keys)] as const);
  return { package: `@pulumi/${name}`, version, types: Object.fromEntries(types) };
}

/** "aws:ec2/instance:Instance" is class Instance of ec2/instance.d.ts. */
function typeSchema(folder: string, token: string, keys: readonly string[]): TypeSchema {
  const [, path = "", name = ""] = token.split(":");
  const file = join(folder, path.replace(/^index\//, ""));
  const source = ts.createSourceFile(token, readFileSync(`${file}.d.ts`, "utf8"), ts.ScriptTarget.ES2022);
  const inputs = membersOf(source, `${name}Args`);
  const outputs = membersOf(source, name);
  const said = inputs.filter(({ text }) => forcesNew.test(text)).map((input) => input.name);
  const unknown = keys.filter((key) => !inputs.some((input) => input.name === key));
  if (unknown.length > 0) throw new Error(`${token} has no input ${unknown.join(", ")}`);
  return {
    inputs: Object.fromEntries(inputs.map((input) => [input.name, input.type])),
    required: inputs.filter(({ optional }) => !optional).map((input) => input.name),
    outputs: Object.fromEntries(outputs.map((output) => [output.name, output.type])),
    optional: outputs.filter(({ optional }) => optional).map((output) => output.name),
    secrets: secretOutputs(readFileSync(`${file}.js`, "utf8")),
    replaces: [...new Set([...keys, ...said])].sort(),
  };
}

interface Member {
  readonly name: string;
  readonly type: PropertyType;
  readonly optional: boolean;
  /** The comment above it. */
  readonly text: string;
}

function membersOf(source: ts.SourceFile, name: string): Member[] {
  const declaration = source.statements.find(
    (statement): statement is ts.ClassDeclaration | ts.InterfaceDeclaration =>
      (ts.isClassDeclaration(statement) || ts.isInterfaceDeclaration(statement)) && statement.name?.text === name,
  );
  if (declaration === undefined) throw new Error(`${source.fileName} declares no ${name}`);
  return [...declaration.members].flatMap((member: ts.ClassElement | ts.TypeElement): Member[] => {
    if (!ts.isPropertyDeclaration(member) && !ts.isPropertySignature(member)) return [];
    const written = member.type?.getText(source) ?? "";
    const inner = /^pulumi\.(?:Input|Output)<([\s\S]*)>$/.exec(written)?.[1] ?? written;
    const optional = member.questionToken !== undefined || /\|\s*undefined$/.test(inner);
    return [
      {
        name: member.name.getText(source),
        type: typeOf(inner.replace(/\s*\|\s*undefined$/, "")),
        optional,
        text: member.getFullText(source),
      },
    ];
  });
}

function typeOf(written: string): PropertyType {
  if (written.endsWith("[]")) return "list";
  if (/^string\b/.test(written) || /^(enums|pulumi\.ARN|ARN)\b|routing\.|\bARN\b/.test(written)) return "string";
  if (/^number\b/.test(written)) return "number";
  if (/^boolean\b/.test(written)) return "boolean";
  return "object";
}

function secretOutputs(code: string): string[] {
  const list = /additionalSecretOutputs: \[([^\]]*)\]/.exec(code)?.[1] ?? "";
  return [...list.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => name);
}

if (require.main === module) {
  for (const name of ["digitalocean", "aws"] as const) {
    const { types, ...head } = packageSchema(name);
    // A type on a line, as a reader of a change wants it.
    const lines = Object.entries(types).map(([token, type]) => `${JSON.stringify(token)}: ${JSON.stringify(type)}`);
    writeFileSync(
      join(project, "tests/cloud/schema", `${name}.json`),
      `${JSON.stringify(head).slice(0, -1)}, "types": {\n${lines.join(",\n")}\n}}\n`,
    );
  }
}
