import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One of the documents that hostctl/contract.schema.json describes. */
export interface Shape {
  readonly examples: readonly Json[];
  readonly "x-refused": readonly { readonly at: readonly (string | number)[]; readonly value: Json }[];
}

export type ShapeName = "manifest" | "settings" | "runtimeInputs" | "repository";

export const { $defs: shapes } = JSON.parse(readFileSync(join(__dirname, "../../hostctl/contract.schema.json"), "utf8")) as {
  readonly $defs: Readonly<Record<ShapeName, Shape>>;
};

const ajv = new Ajv2020({ strict: false });
ajv.addSchema({ $defs: shapes }, "contract");

/** What hostctl would refuse of a document; null where it takes it. */
export function faultsOf(name: ShapeName, document: unknown): unknown {
  return ajv.validate(`contract#/$defs/${name}`, document) ? null : ajv.errors;
}
