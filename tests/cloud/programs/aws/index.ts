import { Eip, EipAssociation, getAmiOutput, Instance, InternetGateway, NetworkInterface, Subnet, Vpc } from "@pulumi/aws/ec2";
import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity";
import { Instance as Database, SubnetGroup } from "@pulumi/aws/rds";
import { Secret } from "@pulumi/aws/secretsmanager";
import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
/** What the page says; another text is another machine. */
const page = config.require("page");

const vpc = new Vpc("network", { cidrBlock: config.require("range") });
new InternetGateway("gateway", { vpcId: vpc.id });
const subnet = new Subnet("public", { vpcId: vpc.id, cidrBlock: config.require("range"), availabilityZone: "eu-central-1a" });
const image = getAmiOutput({ owners: ["136693071363"], filters: [{ name: "name", values: ["debian-12-amd64-20251112-2294"] }] });
const card = new NetworkInterface(
  "card",
  { subnetId: subnet.id, privateIpsCount: 1, description: page },
  { replaceOnChanges: ["description"] },
);
const host = new Instance("web", {
  ami: image.id,
  instanceType: "t3.micro",
  primaryNetworkInterface: { networkInterfaceId: card.id },
  userData: `#cloud-config
ssh_genkeytypes: [ed25519]
write_files:
  - path: /srv/index.html
    content: ${page}
runcmd:
  - [systemd-run, --unit=page, python3, -m, http.server, "80", --directory, /srv]
`,
  userDataReplaceOnChange: true,
});
const own = new Eip("own", { domain: "vpc" });
const reachable = new EipAssociation("own", {
  allocationId: own.allocationId,
  networkInterfaceId: card.id,
  privateIpAddress: card.privateIp,
});
const gate = new local.Command(
  "gate",
  {
    create: 'for try in $(seq 40); do curl -sf --max-time 2 "http://$ADDRESS/" | grep -q "$PAGE" && exit 0; sleep 0.25; done; exit 1',
    environment: { ADDRESS: own.publicIp, PAGE: page, HOST: host.id },
  },
  { dependsOn: [host, reachable] },
);
const site = new Eip("site", { domain: "vpc" });
new EipAssociation("site", { allocationId: site.allocationId, networkInterfaceId: card.id, allowReassociation: true }, { dependsOn: gate });
const secret = new Secret("login", {});

export const address = site.publicIp;
export const { arn } = secret;
export const { accountId } = getCallerIdentityOutput();
export let endpoint: pulumi.Output<string> | undefined;

if (config.getBoolean("database") === true) {
  const group = new SubnetGroup("database", { subnetIds: [subnet.id] });
  const database = new Database("database", {
    engine: "postgres",
    engineVersion: "15.8",
    instanceClass: "db.t3.micro",
    allocatedStorage: 20,
    dbName: "shop",
    username: "master",
    password: pulumi.secret("sim_master"),
    dbSubnetGroupName: group.name,
    skipFinalSnapshot: true,
  });
  endpoint = database.endpoint;
}
