import * as pulumi from "@pulumi/pulumi";
import { retry } from "../release/retry";
import { asked } from "./asked";

/** A host as the stack's own outputs tell of it, see docs/outputs.schema.json. */
export interface FormerHost {
  readonly name: string;
  readonly address: string;
  readonly hostKey: string;
  readonly appliedAgain?: string;
  /** Number of the Droplet that served. */
  readonly machine?: string;
  /** What the machine of AWS that served was made from. */
  readonly generation?: string;
  /** Number of its image. */
  readonly image?: string;
  /** Number of the Droplet before, of which the stack keeps a snapshot. */
  readonly snapshotOf?: string;
}

/**
 * The databases of a stack where a restore makes another one beside the first: that of the site, and those that it has left. Names in the
 * target.
 */
export interface FormerDatabase {
  /** "" where the last `up` was of a version that did not tell it. */
  readonly instance: string;
  readonly leaving: readonly string[];
  /** "postgres" or "mysql". */
  readonly engine?: string | undefined;
  /** Of the engine, where the target told it. */
  readonly version?: string | undefined;
}

export interface FormerOutputs {
  /** None before the first `up`. */
  readonly hosts: readonly FormerHost[];
  /** Digest of the release; "" before the first `up`. */
  readonly release: string;
  /** undefined before the first `up`, and where the target has no such database. */
  readonly database: FormerDatabase | undefined;
}

/**
 * The outputs of the last `up` that ended well: they wait for the hosts to serve, so one that fails leaves those of the one before. No
 * StackReference: it would be a resource, and its copy of the outputs old by the next refresh. It asks the same function.
 * https://github.com/pulumi/pulumi/blob/master/pkg/resource/deploy/builtins.go
 */
export async function formerOutputs(): Promise<FormerOutputs> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  // The engine writes the state meanwhile, and where that is a folder, it cannot be read in the moment in which its second file is written:
  // https://github.com/google/go-cloud/blob/master/blob/fileblob/attrs.go
  const read = () =>
    pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name }) as Promise<{
      outputs?: Partial<Omit<FormerOutputs, "database">> & { database?: Partial<FormerDatabase> | null };
    }>;
  const { outputs } = await asked(
    "the outputs of the last up",
    "look whether `pulumi stack output` of this stack prints them; then run it again",
    retry(10, read),
  );
  const { instance = "", leaving = [], engine, version } = outputs?.database ?? {};
  return {
    hosts: outputs?.hosts ?? [],
    release: outputs?.release ?? "",
    database: (outputs?.database ?? null) === null ? undefined : { instance, leaving, engine, version },
  };
}
