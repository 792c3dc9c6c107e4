import { local } from "@pulumi/command";
import {
  DatabaseCluster,
  DatabaseDb,
  DatabaseFirewall,
  DatabaseUser,
  Droplet,
  ReservedIp,
  ReservedIpAssignment,
  Vpc,
  getDatabaseCaOutput,
} from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const range = config.require("range");
/** What the page says; another text is another machine. */
const page = config.require("page");

const vpc = new Vpc("network", { region: "fra1", ipRange: range });
const userData = `#cloud-config
ssh_genkeytypes: [ed25519]
write_files:
  - path: /srv/index.html
    content: ${page}
runcmd:
  - [systemd-run, --unit=page, python3, -m, http.server, "80", --directory, /srv]
`;
const host = new Droplet("web", {
  image: "debian-12-x64",
  region: "fra1",
  size: config.get("size") ?? "s-1vcpu-512mb-10gb",
  userData,
  vpcUuid: vpc.id,
  tags: ["web"],
});
const gate = new local.Command(
  "gate",
  {
    create: 'for try in $(seq 40); do curl -sf --max-time 2 "http://$ADDRESS/" && exit 0; sleep 0.25; done; exit 1',
    environment: { ADDRESS: host.ipv4Address },
  },
  { dependsOn: host },
);
const address = new ReservedIp("address", { region: "fra1" });
new ReservedIpAssignment("pointer", { ipAddress: address.ipAddress, dropletId: host.id.apply(Number) }, { dependsOn: gate });

export const reserved = address.ipAddress;
export const own = host.ipv4Address;
export const inner = host.ipv4AddressPrivate;
export const urn = host.dropletUrn;
export let database: pulumi.Output<unknown> | undefined;

if (config.getBoolean("database") === true) {
  const cluster = new DatabaseCluster("database", {
    engine: "pg",
    version: "15",
    size: "db-s-1vcpu-1gb",
    region: "fra1",
    nodeCount: 1,
    privateNetworkUuid: vpc.id,
  });
  const shop = new DatabaseDb("shop", { clusterId: cluster.id, name: "shop" });
  const user = new DatabaseUser("app", { clusterId: cluster.id, name: "app" }, { dependsOn: shop });
  new DatabaseFirewall("database", { clusterId: cluster.id, rules: [{ type: "tag", value: "web" }] }, { dependsOn: host });
  const { certificate } = getDatabaseCaOutput({ clusterId: cluster.id });
  database = pulumi.output({
    host: cluster.privateHost,
    port: cluster.port,
    password: user.password,
    admin: cluster.privateUri,
    certificate,
  });
}
