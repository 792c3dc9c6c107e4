import { request as send, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { Certificate } from "./authority";
import { mayDo, roleOf } from "./roles";
import { missingRefusal, storagePath, storageRefusal } from "./storage";
import type { Store } from "./store";
import { publish } from "./topics";

/** Why a call is not passed on, in the service's own form. */
interface Refusal {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/**
 * The cloud's public endpoints of Secrets Manager, S3 and SNS, with TLS: they let in who shows a role's key and token and has the right by
 * a policy, and hand the request to moto, but for SNS. Signatures are not looked at.
 */
export function endpoints(store: Store, api: string, { certificate, key }: Certificate): Server {
  return createServer({ cert: certificate, key }, (request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts);
      const role = caller(store, request);
      if ((request.headers.host ?? "").startsWith("sns.")) return reply(response, publish(store, role, body));
      const isStorage = /(^|\.)s3\./.test(request.headers.host ?? "");
      const refusal = isStorage ? storageRefusal(store, request, role) : secretsRefusal(store, request, role, body);
      if (refusal !== undefined) return reply(response, refusal);
      const { method, url, headers } = request;
      const passed = send(
        api,
        isStorage
          ? { method, path: storagePath(request), headers: { ...headers, host: new URL(api).host } }
          : { method, path: url, headers },
        (answer) => {
          const missing = answer.statusCode === 404;
          const hidden = missing && isStorage ? missingRefusal(store, request, role) : undefined;
          if (hidden !== undefined) return reply(response, hidden);
          // Where moto's Secrets Manager says 404, AWS's says 400:
          // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html#API_GetSecretValue_Errors
          response.writeHead(missing && !isStorage ? 400 : (answer.statusCode ?? 502), answer.headers);
          answer.pipe(response);
        },
      );
      passed.on("error", () => response.writeHead(502).end());
      passed.end(body);
    });
  });
}

function reply(response: ServerResponse, { status, type, body }: Refusal): void {
  response.writeHead(status, { "Content-Type": type }).end(body);
}

/** The role whose key and token the request shows. */
function caller(store: Store, { headers }: IncomingMessage): string | undefined {
  const key = /^AWS4-HMAC-SHA256 Credential=([A-Z0-9]+)\//.exec(headers.authorization ?? "")?.[1] ?? "";
  return roleOf(store, key, String(headers["x-amz-security-token"]));
}

function secretsRefusal(store: Store, { headers }: IncomingMessage, role: string | undefined, body: Buffer): Refusal | undefined {
  const refused = (__type: string) => ({
    status: 400,
    type: "application/x-amz-json-1.1",
    body: JSON.stringify({ __type, message: "refused" }),
  });
  if (role === undefined) return refused("UnrecognizedClientException");
  const action = String(headers["x-amz-target"]).replace(".", ":");
  const { SecretId } = JSON.parse(body.toString() || "{}") as { SecretId?: string };
  return mayDo(store, role, action, SecretId ?? "") ? undefined : refused("AccessDeniedException");
}
