import { createHash } from "node:crypto";

import { UsageError } from "../terminal";
import { call, type Answer, type Storage } from "./storage";

/** How a cloud's buckets become private, versioned and encrypted. */
export interface Custom {
  /** Of the request that makes the bucket. */
  readonly create: { readonly body: string; readonly headers: Readonly<Record<string, string>> };
  /** Settings beside versions, by the query that sets each. */
  readonly settings: Readonly<Record<string, string>>;
  /** Rights that the bucket itself grants, by header; empty where a setting turns them all off. */
  readonly grants: Readonly<Record<string, string>>;
}

/** Names the one statement of the policy of a bucket of ours. */
const ownStatement = "EncryptedOnTheWay";

const xmlns = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html */
export function awsCustom(region: string, bucket: string): Custom {
  const policy = {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: ownStatement,
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  };
  // us-east-1 is the one region that may not be named.
  const body =
    region === "us-east-1"
      ? ""
      : `<CreateBucketConfiguration ${xmlns}><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;
  const refused = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];
  return {
    create: { body, headers: { "x-amz-object-ownership": "BucketOwnerEnforced" } },
    settings: {
      publicAccessBlock:
        `<PublicAccessBlockConfiguration ${xmlns}>` +
        `${refused.map((name) => `<${name}>true</${name}>`).join("")}</PublicAccessBlockConfiguration>`,
      encryption:
        `<ServerSideEncryptionConfiguration ${xmlns}><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>` +
        "</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>",
      policy: JSON.stringify(policy),
    },
    grants: {},
  };
}

/** Spaces encrypts whatever it keeps, and knows no other settings of it. https://docs.digitalocean.com/products/spaces/details/features/ */
export const spacesCustom: Custom = {
  create: { body: "", headers: { "x-amz-acl": "private" } },
  settings: {},
  grants: { "x-amz-acl": "private" },
};

/**
 * Makes a bucket where there is none of that name, and makes it private, versioned and encrypted, also one that is ours already. Result:
 * whether it was made.
 *
 * @throws UsageError for a login that is refused, and for a bucket of somebody else
 */
export async function makeBucket(storage: Storage, bucket: string, custom: Custom): Promise<boolean> {
  const found = await call(storage, "GET", `/${bucket}?location`);
  const isNew = found.code === "NoSuchBucket" || found.status === 404;
  if (!isNew) accept(found, storage, bucket);
  if (isNew) accept(await call(storage, "PUT", `/${bucket}`, custom.create), storage, bucket);
  else if (custom.settings["policy"] !== undefined) await requireNoOtherPolicy(storage, bucket);
  // Whoever may do this owns it: another's bucket may well let everybody read.
  const versions = `<VersioningConfiguration ${xmlns}><Status>Enabled</Status></VersioningConfiguration>`;
  for (const [query, body] of Object.entries({ ...custom.settings, versioning: versions }))
    accept(await call(storage, "PUT", `/${bucket}?${query}`, { body, headers: { "content-md5": md5(body) } }), storage, bucket);
  if (Object.keys(custom.grants).length > 0)
    accept(await call(storage, "PUT", `/${bucket}?acl`, { headers: custom.grants }), storage, bucket);
  const told = await call(storage, "GET", `/${bucket}?versioning`);
  if (!/<Status>Enabled<\/Status>/.test(told.text))
    throw new UsageError(`bucket ${bucket} keeps no versions although it was told to; nothing was moved`);
  return isNew;
}

/** Ours would take its place without a word. */
async function requireNoOtherPolicy(storage: Storage, bucket: string): Promise<void> {
  const { status, text } = await call(storage, "GET", `/${bucket}?policy`);
  if (status >= 300) return;
  const { Statement: statements } = JSON.parse(text) as { Statement: readonly { Sid?: string }[] };
  if (statements.some(({ Sid }) => Sid !== ownStatement))
    throw new UsageError(`bucket ${bucket} has a policy of its own, which would be lost; nothing was moved. Another name: --bucket NAME`);
}

const md5 = (text: string): string => createHash("md5").update(text).digest("base64");

const wrongLogin = ["InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken", "InvalidClientTokenId", "AuthFailure"];

function accept({ status, code, text }: Answer, { endpoint, keyId }: Storage, bucket: string): void {
  if (status < 300) return;
  const said = /<Message>([^<]*)<\/Message>/.exec(text)?.[1] ?? `status ${status}`;
  if (wrongLogin.includes(code)) throw new UsageError(`${endpoint} refuses the access key ${keyId}: ${said}; nothing was moved`);
  if (status === 403 || status === 409 || status === 301)
    throw new UsageError(
      `bucket ${bucket} belongs to somebody else, or the access key ${keyId} may not use it (${code || status}); nothing was ` +
        "moved. Another name: --bucket NAME",
    );
  throw new UsageError(`${endpoint}, bucket ${bucket}: ${code} ${said}; nothing was moved`);
}
