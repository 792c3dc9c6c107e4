import type { PackageSchema, TypeSchema } from "../../tools/cloudSchema";
import type { Properties, Value } from "../../tools/command-plugin/values";
import aws from "./schema/aws.json";
import digitalocean from "./schema/digitalocean.json";

export type CloudName = "digitalocean" | "aws";

export const packages: Readonly<Record<CloudName, PackageSchema>> = {
  digitalocean: digitalocean as unknown as PackageSchema,
  aws: aws as unknown as PackageSchema,
};

/** What is not known yet in a preview: https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/runtime/rpc.ts */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** @throws when the simulated cloud does not have the type. */
export function schemaOf(cloud: CloudName, type: string): TypeSchema {
  const schema = packages[cloud].types[type];
  if (schema === undefined)
    throw new Error(`the simulated ${cloud} has no type ${type}; add it to tools/cloudReplaces.ts and run tools/cloudSchema.ts`);
  return schema;
}

/** Whether the value, or a part of it, is not known yet. */
export function isUnknown(value: Value | undefined): boolean {
  if (value === UNKNOWN) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(isUnknown);
}

/** As the published provider: an input that the type lacks, and one that it must have. */
export function faultsOf(schema: TypeSchema, inputs: Properties): { property: string; reason: string }[] {
  const given = Object.keys(inputs).filter((name) => !name.startsWith("__"));
  return [
    ...given
      .filter((name) => schema.inputs[name] === undefined)
      .map((name) => ({ property: name, reason: `${name}: there is no such input` })),
    ...schema.required.filter((name) => inputs[name] === undefined).map((name) => ({ property: name, reason: `${name}: must be given` })),
  ];
}

/** Whether the published provider makes up a name when the program gives none: such an input is optional, yet the state always has one. */
export function isAutonamed(schema: TypeSchema): boolean {
  return (
    schema.inputs.name === "string" &&
    !schema.required.includes("name") &&
    schema.outputs.name === "string" &&
    !schema.optional.includes("name")
  );
}
