import { createHash, createHmac } from "node:crypto";

import { UsageError } from "../terminal";

/** A service that speaks S3, and who logs in to it. */
export interface Storage {
  /** "https://s3.eu-west-3.amazonaws.com", without a slash at its end. */
  readonly endpoint: string;
  /** What requests are signed for. */
  readonly region: string;
  readonly keyId: string;
  readonly secretKey: string;
  /** Of a login that is lent for some hours. */
  readonly token?: string;
}

export interface Answer {
  readonly status: number;
  /** S3's own word for what is wrong, such as NoSuchBucket; "" where there is none. */
  readonly code: string;
  readonly text: string;
}

/** What goes with a call. */
interface Sent {
  readonly body: string;
  /** By their names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
}

interface Request extends Sent {
  readonly method: string;
  readonly url: URL;
}

/**
 * One call of S3, signed: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html. `path`: "/BUCKET" or
 * "/BUCKET?versioning". @throws UsageError when nobody answers
 */
export async function call(
  storage: Storage,
  method: string,
  path: string,
  { body = "", headers = {} }: Partial<Sent> = {},
): Promise<Answer> {
  const url = new URL(`${storage.endpoint}${path}`);
  const signed = sign(storage, { method, url, body, headers }, new Date());
  try {
    const response = await fetch(url, { method, headers: signed, signal: AbortSignal.timeout(30_000), ...(body === "" ? {} : { body }) });
    const text = await response.text();
    return { status: response.status, code: /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? "", text };
  } catch (error) {
    const { message, cause } = error as Error;
    throw new UsageError(`${storage.endpoint} does not answer: ${cause instanceof Error ? cause.message : message}`);
  }
}

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
const keyed = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/** The headers of a request, with its signature. */
export function sign(
  { region, keyId, secretKey, token }: Storage,
  { method, url, body, headers }: Request,
  now: Date,
): Record<string, string> {
  const moment = now.toISOString().replace(/[:-]|\.\d+/g, "");
  const scope = `${moment.slice(0, 8)}/${region}/s3/aws4_request`;
  const all: Record<string, string> = {
    ...headers,
    host: url.host,
    "x-amz-content-sha256": hash(body),
    "x-amz-date": moment,
    ...(token === undefined ? {} : { "x-amz-security-token": token }),
  };
  const names = Object.keys(all).sort();
  const query = [...url.searchParams]
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .sort()
    .join("&");
  const request = [method, url.pathname, query, ...names.map((name) => `${name}:${all[name] ?? ""}`), "", names.join(";"), hash(body)].join(
    "\n",
  );
  const key = [moment.slice(0, 8), region, "s3", "aws4_request"].reduce<string | Buffer>(
    (before, part) => keyed(before, part),
    `AWS4${secretKey}`,
  );
  const signature = keyed(key, `AWS4-HMAC-SHA256\n${moment}\n${scope}\n${hash(request)}`).toString("hex");
  return {
    ...all,
    authorization: `AWS4-HMAC-SHA256 Credential=${keyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
  };
}
