import type { IncomingMessage } from "node:http";
import { mayDo, type RequestContext } from "./roles";
import type { Store } from "./store";

/** What S3 asks IAM about a call. */
export interface StorageCall {
  readonly action: string;
  readonly resource: string;
  readonly context: RequestContext;
}

/**
 * Action and resource of a request in path style, `/BUCKET/KEY`. The names of the bucket's own calls are other ones than those of the API.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 */
export function storageCall(method: string, url: string): StorageCall {
  const { pathname, searchParams } = new URL(url, "https://s3.amazonaws.com");
  const [, bucket = "", ...rest] = decodeURIComponent(pathname).split("/");
  const key = rest.join("/");
  const arn = `arn:aws:s3:::${bucket}`;
  const prefix = searchParams.get("prefix");
  if (key === "") {
    const context: RequestContext = prefix === null ? {} : { "s3:prefix": prefix };
    if (method === "PUT") return { action: "s3:CreateBucket", resource: arn, context };
    if (method === "DELETE") return { action: "s3:DeleteBucket", resource: arn, context };
    return { action: searchParams.has("location") ? "s3:GetBucketLocation" : "s3:ListBucket", resource: arn, context };
  }
  const upload = searchParams.has("uploadId") ? "s3:AbortMultipartUpload" : "s3:DeleteObject";
  const action = { GET: "s3:GetObject", HEAD: "s3:GetObject", DELETE: upload }[method] ?? "s3:PutObject";
  return { action, resource: `${arn}/${key}`, context: {} };
}

/** Forbidden, in S3's own XML; an answer to HEAD has no body. */
const forbidden = (method: string) => ({
  status: 403,
  type: "application/xml",
  body: method === "HEAD" ? "" : "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
});

/**
 * "/BUCKET/KEY" of a request: restic has the bucket in the name of the host, `BUCKET.s3.dualstack.REGION.amazonaws.com`, where S3 is AWS's
 * own.
 */
export function storagePath({ headers, url = "/" }: IncomingMessage): string {
  const bucket = /^([a-z0-9-]+)\.s3\./.exec(headers.host ?? "")?.[1];
  return bucket === undefined ? url : `/${bucket}${url}`;
}

/** Why S3 refuses a call; undefined for one that a policy of the role allows. */
export function storageRefusal(store: Store, request: IncomingMessage, role: string | undefined) {
  const { method = "GET" } = request;
  const { action, resource, context } = storageCall(method, storagePath(request));
  return role !== undefined && mayDo(store, role, action, resource, context) ? undefined : forbidden(method);
}

/** That an object is missing is told to those alone who may list. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
export function missingRefusal(store: Store, request: IncomingMessage, role: string | undefined) {
  const { method = "GET" } = request;
  const [bucket = ""] = storageCall(method, storagePath(request)).resource.split("/");
  return role !== undefined && mayDo(store, role, "s3:ListBucket", bucket) ? undefined : forbidden(method);
}

/** As the cloud's own parts make a bucket at moto, which is asked without a right. */
export async function createBucket(api: string, name: string, region: string): Promise<void> {
  await call(
    api,
    "PUT",
    name,
    region,
    `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`,
  );
}

/** With all that is in it where `force` says so. @throws BucketNotEmpty */
export async function deleteBucket(api: string, name: string, region: string, force: boolean): Promise<void> {
  if (force) for (const key of await bucketKeys(api, name, region)) await call(api, "DELETE", `${name}/${key}`, region);
  await call(api, "DELETE", name, region);
}

/** Names of its objects; a thousand at most. */
export async function bucketKeys(api: string, name: string, region: string): Promise<readonly string[]> {
  const listed = await call(api, "GET", `${name}?list-type=2`, region);
  return [...listed.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key = ""]) => key);
}

async function call(api: string, method: string, path: string, region: string, body?: string): Promise<string> {
  // moto reads service and region from it.
  const Authorization = `AWS4-HMAC-SHA256 Credential=SIMULATED/20260101/${region}/s3/aws4_request, SignedHeaders=host, Signature=0`;
  const answer = await fetch(`${api}/${path}`, { method, headers: { Authorization }, ...(body === undefined ? {} : { body }) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${/<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? answer.status}`);
  return text;
}
