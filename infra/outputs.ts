import * as pulumi from "@pulumi/pulumi";
import type { Built } from "./targets/target";

/** Rises when a reader of the old outputs would go wrong; docs/outputs.schema.json says what each version holds. */
const version = 1;

/** The only names CI may read. None is secret. */
export function toOutputs({ siteUrl, address, hosts, database, serving }: Built) {
  return { version, siteUrl, address, hosts: pulumi.output(hosts), database: pulumi.output(database), release: serving };
}
