import { request as send, type IncomingMessage } from "node:http";
import { createServer, type Server } from "node:https";
import type { Certificate } from "./authority";
import { mayDo, roleOf } from "./roles";
import type { Store } from "./store";

/**
 * The cloud's public endpoint of Secrets Manager, with TLS: lets in who shows a role's key and token and has the right by a policy, and
 * hands the request to moto. Signatures are not looked at.
 */
export function endpoints(store: Store, api: string, { certificate, key }: Certificate): Server {
  return createServer({ cert: certificate, key }, (request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts);
      const refusal = refused(store, request, body);
      if (refusal !== undefined) {
        response.writeHead(400, { "Content-Type": "application/x-amz-json-1.1" }).end(JSON.stringify({ __type: refusal, message: "refused" }));
        return;
      }
      const passed = send(api, { method: request.method, path: request.url, headers: request.headers }, (answer) => {
        // Where moto says 404, AWS says 400: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html#API_GetSecretValue_Errors
        response.writeHead(answer.statusCode === 404 ? 400 : (answer.statusCode ?? 502), answer.headers);
        answer.pipe(response);
      });
      passed.on("error", () => response.writeHead(502).end());
      passed.end(body);
    });
  });
}

function refused(store: Store, { headers }: IncomingMessage, body: Buffer): string | undefined {
  const key = /^AWS4-HMAC-SHA256 Credential=([A-Z0-9]+)\//.exec(headers.authorization ?? "")?.[1] ?? "";
  const role = roleOf(store, key, String(headers["x-amz-security-token"]));
  if (role === undefined) return "UnrecognizedClientException";
  const action = String(headers["x-amz-target"]).replace(".", ":");
  const { SecretId } = JSON.parse(body.toString() || "{}") as { SecretId?: string };
  return mayDo(store, role, action, SecretId ?? "") ? undefined : "AccessDeniedException";
}
