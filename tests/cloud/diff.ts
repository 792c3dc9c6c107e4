import { isDeepStrictEqual } from "node:util";
import type { TypeSchema } from "../../tools/cloudSchema";
import { reveal, type Properties } from "../../tools/command-plugin/values";
import { isAutonamed, isUnknown } from "./schema";

export interface Difference {
  /** Names of the inputs that changed. */
  readonly changed: readonly string[];
  /** Those that cannot change on a living resource. */
  readonly replaces: readonly string[];
  /** The old one must go first, since both would have the same name. */
  readonly deleteBeforeReplace: boolean;
}

/** Inputs named here were made up by the provider: https://github.com/pulumi/pulumi-terraform-bridge/blob/master/pkg/tfbridge/schema.go */
export const defaultsKey = "__defaults";

/** What the published provider answers; an input that is not known yet counts as changed. */
export function difference(type: string, schema: TypeSchema, olds: Properties, news: Properties): Difference {
  const names = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter((name) => name !== defaultsKey);
  const changed = names.filter((name) => isUnknown(news[name]) || !isDeepStrictEqual(reveal(olds[name]), reveal(news[name]))).sort();
  const replaces = changed.filter((name) => schema.replaces.includes(name) || replacesSometimes(type, name, olds, news));
  return { changed, replaces, deleteBeforeReplace: replaces.length > 0 && hasNameOfProgram(schema, news) && !changed.includes("name") };
}

/** Changes that replace in one direction, or when another input says so. */
function replacesSometimes(type: string, name: string, olds: Properties, news: Properties): boolean {
  if (type === "digitalocean:index/droplet:Droplet") return name === "ipv6" && reveal(olds.ipv6) === true && reveal(news.ipv6) !== true;
  if (type === "aws:ec2/instance:Instance")
    return (name === "userData" || name === "userDataBase64") && reveal(news.userDataReplaceOnChange) === true;
  return false;
}

/** A name that the program chose is still taken while the old resource lives: nameRequiresDeleteBeforeReplace of the file above. */
function hasNameOfProgram(schema: TypeSchema, news: Properties): boolean {
  const defaults = news[defaultsKey];
  return isAutonamed(schema) && news.name !== undefined && !(Array.isArray(defaults) && defaults.includes("name"));
}
