import * as pulumi from "@pulumi/pulumi";
import type { Secrets } from "../../infra/config/load";
import type { StackSpec } from "../../infra/config/spec";
import { renderHosts } from "../../infra/host";
import { toOutputs } from "../../infra/outputs";
import { planStack } from "../../infra/plan";
import { digitalocean } from "../../infra/targets/digitalocean";
import type { FormerHost } from "../../infra/targets/formerOutputs";
import { expectRendered, recordGraph, type Graph } from "./graph";

/** Words that are secret, and found nowhere in clear. */
export const markers = {
  app: "app-marker",
  key: "key-marker",
  backup: "backup-marker",
  slack: "slack-marker",
  database: "database-marker",
  admin: "admin-marker",
  spaces: "spaces-marker",
} as const;

/** Outputs that DigitalOcean adds to what was asked for, as far as the program reads them. */
export function stateOf(type: string, name: string): Record<string, unknown> {
  switch (type.split(":").at(-1) ?? "") {
    case "Droplet":
      return { ipv4Address: "198.51.100.10", dropletUrn: "do:droplet:4711" };
    case "ReservedIp":
      return { ipAddress: "192.0.2.1", reservedIpUrn: "do:reservedip:192.0.2.1" };
    case "SshKey":
      return { fingerprint: "aa:bb" };
    case "DatabaseCluster":
      return {
        privateHost: `private-${name}.db.ondigitalocean.com`,
        port: 25060,
        user: "doadmin",
        password: pulumi.secret(markers.admin),
        clusterUrn: `do:dbaas:${name}`,
      };
    case "DatabaseUser":
      return { password: pulumi.secret(markers.database) };
    case "DatabaseConnectionPool":
      return { port: 25061 };
    case "SpacesBucket":
      return { name: `${name}-1234567`, bucketUrn: `do:space:${name}-1234567` };
    case "SpacesKey":
      return { accessKey: "SPACESACCESS", secretKey: pulumi.secret(markers.spaces) };
    case "Command":
      return { stdout: name.endsWith("-host-key") ? "ssh-ed25519 AAAA" : name.endsWith("-handover") ? '{"from":null,"known":[]}' : "" };
    default:
      return {};
  }
}

/** What was there before a run. */
export interface Before {
  /** `hosts` of the stack's outputs. */
  readonly hosts?: readonly Omit<FormerHost, "address" | "hostKey">[];
  /** Numbers of the account's Droplets. */
  readonly droplets?: readonly string[];
  /** Whether there is a database. */
  readonly database?: boolean;
  /** Names of its images. */
  readonly images?: readonly string[];
  /** Tries to read the outputs that meet a state which is being written. */
  readonly unreadable?: number;
}

/** The number that the mocks give the Droplet of every run. */
export const dropletId = "4711";

/** What the program asks of DigitalOcean for a description. */
export async function graphOf(
  spec: StackSpec,
  digest = "00112233aabbccdd",
  { hosts, database = false, droplets = [], images = [], unreadable = 0 }: Before = {},
): Promise<Graph> {
  let reads = 0;
  const secrets: Secrets = {
    env: Object.fromEntries(spec.secrets.map((name) => [name, pulumi.secret(markers.app)])),
    sshPrivateKey: pulumi.secret(markers.key),
    sshPublicKey: "ssh-ed25519 PUBLIC",
    backupPassword: pulumi.secret(markers.backup),
    monitoring: {},
    slackWebhook: pulumi.secret(markers.slack),
    databaseUrl: pulumi.secret(`postgresql://app:${markers.database}@db.example.net/prices`),
  };
  const plan = planStack(spec);
  const release = { digest, source: "app", requirements: "requirements.txt", exclude: [] };
  const files = renderHosts(plan, digest);
  const graph = await recordGraph({
    stack: spec.stack,
    state: stateOf,
    id: (type, name) => (type.endsWith(":Droplet") ? dropletId : `${name}-id`),
    call: (token, inputs) => {
      if (token === "pulumi:pulumi:readStackOutputs") {
        if (reads++ < unreadable) throw new Error("failed to load checkpoint: EOF");
        const known = hosts?.map((host) => ({ address: "198.51.100.9", hostKey: "of a machine that nobody can reach", ...host }));
        return { outputs: { ...(known === undefined ? {} : { hosts: known }), ...(database ? { database: { engine: "postgres" } } : {}) } };
      }
      const [{ values: [wanted = ""] } = { values: [] }] = (inputs["filters"] ?? []) as readonly { readonly values: readonly string[] }[];
      if (token.endsWith(":getDroplets")) return { droplets: droplets.filter((id) => id === wanted).map((id) => ({ id: Number(id) })) };
      if (token.endsWith(":getImages")) return { images: images.filter((name) => name === wanted).map((name) => ({ name })) };
      if (token.endsWith(":getDatabaseCa")) return { certificate: "CA TEXT" };
      if (token.endsWith(":getDatabaseUser")) return { password: markers.database };
      throw new Error(`nothing answers ${token}`);
    },
    program: () => toOutputs(digitalocean.build(plan, files, release, secrets)),
  });
  expectRendered(graph, files);
  return graph;
}
