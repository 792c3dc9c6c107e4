import type { Server } from "node:net";
import { addressAt, parseRange } from "../../providers/nspawn/range";
import { startMoto } from "../../tools/moto";
import { makeAuthority, sign, type Certificate } from "./authority";
import { endpoints } from "./endpoints";
import { metadataService } from "./metadata";
import type { Store } from "./store";

/** What of AWS answers the machines themselves, from the process of a test: their metadata service, Secrets Manager, S3 and SNS. */
export interface Services {
  /** Where moto is asked, without a signature. */
  readonly api: string;
  /** Who signs the endpoints and the databases of the region. */
  readonly authority: Certificate;
  /** Names that lead to `address` on the machines. */
  readonly names: readonly string[];
  readonly address: string;
  /** What of the machines' traffic this box answers itself, and at which of its ports. */
  readonly answered: readonly { readonly address: string; readonly port: number; readonly at: number }[];
}

/** Result: what ends them. */
export async function startServices(store: Store, region: string): Promise<() => Promise<void>> {
  const account = store.account();
  const moto = await startMoto();
  const authority = makeAuthority(`Amazon RDS ${region} Root CA RSA2048 G1`);
  const names = ["secretsmanager", "s3", "sns"].map((service) => `${service}.${region}.amazonaws.com`);
  // A bucket's own name stands before that of S3.
  const signed = [...names, `*.s3.dualstack.${region}.amazonaws.com`].map((name) => `DNS:${name}`);
  const servers = [metadataService(store), endpoints(store, moto.url, sign(authority, signed))] as const;
  const [metadata, endpoint] = [await listening(servers[0]), await listening(servers[1])];
  const range = parseRange(account.publicRange);
  if (range === undefined) throw new Error(`publicRange must be an IPv4 range, got ${account.publicRange}`);
  // The first address of a range is nobody's.
  const address = addressAt(range, 0);
  const answered = [
    { address: "169.254.169.254", port: 80, at: metadata },
    { address, port: 443, at: endpoint },
  ];
  store.setAccount({ ...account, services: { api: moto.url, authority, names, address, answered } });
  return async () => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    await moto.stop();
  };
}

/** On every address of this box: the machines' bridge is not there yet. */
function listening(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "0.0.0.0", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}
