import { createServer, type Server } from "node:http";
import { credentialsOf, roleAt } from "./roles";
import type { Store } from "./store";

/**
 * EC2's metadata service, version 2, as far as a machine's role:
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
 */
export function metadataService(store: Store): Server {
  const tokens = new Set<string>();
  return createServer((request, response) => {
    const end = (status: number, body: string) => response.writeHead(status, { "Content-Type": "text/plain" }).end(body);
    const asker = (request.socket.remoteAddress ?? "").replace("::ffff:", "");
    const role = roleAt(store, asker);
    if (request.method === "PUT" && request.url === "/latest/api/token") {
      if (request.headers["x-aws-ec2-metadata-token-ttl-seconds"] === undefined) return end(400, "");
      const token = `${asker} ${tokens.size}`;
      tokens.add(token);
      return end(200, token);
    }
    // Requests without a token are version 1, which is switched off.
    if (!tokens.has(String(request.headers["x-aws-ec2-metadata-token"]))) return end(401, "");
    const path = "/latest/meta-data/iam/security-credentials/";
    if (role !== undefined && request.url === path) return end(200, role);
    if (role !== undefined && request.url === path + role) {
      const expiration = new Date(Date.now() + 6 * 3600_000).toISOString();
      return end(200, JSON.stringify({ Code: "Success", Type: "AWS-HMAC", ...credentialsOf(role), Expiration: expiration }));
    }
    return end(404, "");
  });
}
