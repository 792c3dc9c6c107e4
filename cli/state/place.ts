import { createHash } from "node:crypto";

import type { StackSpec } from "../../infra/config/spec";
import { UsageError } from "../terminal";
import { awsCustom, spacesCustom, type Custom } from "./bucket";
import type { Storage } from "./storage";

/** Where the state of a stack goes: its own cloud. */
export interface Place {
  readonly bucket: string;
  readonly storage: Storage;
  readonly custom: Custom;
  /** What PULUMI_BACKEND_URL is then. */
  readonly url: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Names of buckets are the world's, so that a stack's has ten digits of what only that stack has: `salt`, which opens its secrets.
 * Other addresses of the services are those that their own tools know: AWS_ENDPOINT_URL_S3, SPACES_ENDPOINT_URL.
 *
 * @throws UsageError where the stack is on no cloud, or nobody is logged in
 */
export function placeOf(
  stack: string,
  { target, host: { region } }: Pick<StackSpec, "target" | "host">,
  salt: string,
  named: string | undefined,
  environment: Environment,
): Place {
  const bucket = named ?? `webstack-${stack}-state-${createHash("sha256").update(salt).digest("hex").slice(0, 10)}`;
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
  if (!/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(bucket))
    throw new UsageError(
      `--bucket: must be 3 to 63 lower-case letters, digits and dashes, got ${JSON.stringify(bucket)}; for example --bucket ` +
        "webstack-state-1a2b3c",
    );
  if (target === "aws") {
    const storage = {
      endpoint: environment["AWS_ENDPOINT_URL_S3"] ?? `https://s3.${region}.amazonaws.com`,
      region,
      ...login(environment, "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", awsHint),
    };
    const token = environment["AWS_SESSION_TOKEN"];
    return {
      bucket,
      storage: token === undefined ? storage : { ...storage, token },
      custom: awsCustom(region, bucket),
      url: `s3://${bucket}?region=${region}`,
    };
  }
  if (target === "digitalocean") {
    const endpoint = environment["SPACES_ENDPOINT_URL"] ?? `https://${region}.digitaloceanspaces.com`;
    const storage = {
      endpoint,
      region: "us-east-1",
      ...login(
        environment,
        "SPACES_ACCESS_KEY_ID",
        "SPACES_SECRET_ACCESS_KEY",
        "https://docs.digitalocean.com/products/spaces/how-to/manage-access/ makes them",
      ),
    };
    // The SDK of AWS wants the name of a region, and Spaces none.
    return { bucket, storage, custom: spacesCustom, url: `s3://${bucket}?endpoint=${endpoint}&region=us-east-1&s3ForcePathStyle=true` };
  }
  throw new UsageError(`stack ${stack} is on ${target}, which keeps its state in a folder of this box; only one in a cloud has a bucket`);
}

const awsHint = 'a login of the AWS CLI is in the environment by: eval "$(aws configure export-credentials --format env)"';

function login(environment: Environment, id: string, secret: string, hint: string): Pick<Storage, "keyId" | "secretKey"> {
  const [keyId = "", secretKey = ""] = [environment[id], environment[secret]];
  if (keyId === "" || secretKey === "") throw new UsageError(`${keyId === "" ? id : secret}: must be set in the environment; ${hint}`);
  return { keyId, secretKey };
}
