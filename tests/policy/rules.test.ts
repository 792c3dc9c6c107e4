/**
 * Each rule finds its own breach and nothing else in a stack that is right but for it. Limit: what a program asks for, not what a cloud
 * has.
 */
import { packConfig } from "../../cli/policy";
import { evaluate, sentence, unknownExceptions } from "../../policy/evaluate";
import { later, type Resource } from "../../policy/rule";
import { rules } from "../../policy/rules";

type Props = Record<string, unknown>;
/** Resources by name, each with its type and inputs. */
type Stack = Readonly<Record<string, readonly [type: string, props: Props, protect?: boolean]>>;

const digitalocean: Stack = {
  host: [
    "digitalocean:index/droplet:Droplet",
    {
      image: "debian-12-x64",
      sshKeys: ["f"],
      monitoring: true,
      vpcUuid: later,
      backups: true,
      backupPolicy: { plan: "weekly", weekday: "SUN", hour: 4 },
      gracefulShutdown: true,
      tags: ["stack:prod", "web"],
      userData: "#cloud-config\nssh_pwauth: false\n",
    },
  ],
  wall: [
    "digitalocean:index/firewall:Firewall",
    {
      tags: ["web"],
      inboundRules: [
        { protocol: "tcp", portRange: "443", sourceAddresses: ["0.0.0.0/0", "::/0"] },
        { protocol: "tcp", portRange: "22", sourceAddresses: ["203.0.113.0/24"] },
      ],
      outboundRules: [{ protocol: "tcp", portRange: "443", destinationAddresses: ["0.0.0.0/0"] }],
    },
  ],
  cluster: [
    "digitalocean:index/databaseCluster:DatabaseCluster",
    {
      engine: "pg",
      version: "15",
      nodeCount: 2,
      privateNetworkUuid: later,
      maintenanceWindows: [{ day: "sunday", hour: "02:00" }],
      tags: ["stack:prod"],
    },
    true,
  ],
  sources: ["digitalocean:index/databaseFirewall:DatabaseFirewall", { clusterId: later, rules: [{ type: "tag", value: "web" }] }],
  user: ["digitalocean:index/databaseUser:DatabaseUser", { clusterId: later, name: "ocpizza" }],
  bucket: [
    "digitalocean:index/spacesBucket:SpacesBucket",
    { acl: "private", versioning: { enabled: true }, lifecycleRules: [{ enabled: true, noncurrentVersionExpiration: { days: 30 } }] },
  ],
  key: ["digitalocean:index/spacesKey:SpacesKey", { grants: [{ bucket: later, permission: "readwrite" }] }],
  balancer: ["digitalocean:index/loadBalancer:LoadBalancer", { redirectHttpToHttps: true }],
  address: ["digitalocean:index/dnsRecord:DnsRecord", { domain: "ocpizza.fr", type: "A", value: later }],
  caa: ["digitalocean:index/dnsRecord:DnsRecord", { domain: "ocpizza.fr", type: "CAA", value: "letsencrypt.org." }],
  disk: ["digitalocean:index/monitorAlert:MonitorAlert", { type: "v1/insights/droplet/disk_utilization_percent" }],
  check: ["digitalocean:index/uptimeCheck:UptimeCheck", {}],
  down: ["digitalocean:index/uptimeAlert:UptimeAlert", { type: "down" }],
};

const statement = (Action: unknown, Resource = "arn:aws:s3:::backups/host/*", Sid = "BackupObjects") =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Sid, Effect: "Allow", Action, Resource }] });

const aws: Stack = {
  host: [
    "aws:ec2/instance:Instance",
    {
      metadataOptions: { httpTokens: "required" },
      rootBlockDevice: { encrypted: true },
      monitoring: true,
      associatePublicIpAddress: false,
      tags: { stack: "prod" },
      userData: "#cloud-config\n",
    },
  ],
  template: ["aws:ec2/launchTemplate:LaunchTemplate", { metadataOptions: { httpTokens: "required" } }],
  https: [
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    { cidrIpv4: "0.0.0.0/0", fromPort: 443, toPort: 443, ipProtocol: "tcp" },
  ],
  ssh: [
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    { cidrIpv4: "203.0.113.0/24", fromPort: 22, toPort: 22, ipProtocol: "tcp" },
  ],
  group: ["aws:ec2/securityGroup:SecurityGroup", { ingress: [{ cidrBlocks: ["0.0.0.0/0"], fromPort: 80, toPort: 80, protocol: "tcp" }] }],
  database: [
    "aws:rds/instance:Instance",
    {
      publiclyAccessible: false,
      storageEncrypted: true,
      backupRetentionPeriod: 7,
      multiAz: true,
      deletionProtection: true,
      skipFinalSnapshot: false,
      manageMasterUserPassword: true,
    },
    true,
  ],
  bucket: ["aws:s3/bucket:Bucket", {}],
  block: [
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
  ],
  versions: ["aws:s3/bucketVersioning:BucketVersioning", { versioningConfiguration: { status: "Enabled" } }],
  log: ["aws:s3/bucketLogging:BucketLogging", {}],
  balancer: ["aws:lb/loadBalancer:LoadBalancer", { accessLogs: { enabled: true }, enableDeletionProtection: true }],
  listener: [
    "aws:lb/listener:Listener",
    { port: 80, protocol: "HTTP", defaultActions: [{ type: "redirect", redirect: { protocol: "HTTPS" } }] },
  ],
  alarms: ["aws:sns/topic:Topic", {}],
  receiver: ["aws:sns/topicSubscription:TopicSubscription", { topic: later }],
  topicPolicy: ["aws:sns/topicPolicy:TopicPolicy", { policy: later }],
  role: ["aws:iam/rolePolicy:RolePolicy", { policy: statement(["s3:GetObject", "s3:PutObject"]) }],
};

const resources = (stack: Stack): readonly Resource[] =>
  Object.entries(stack).map(([name, [type, props, protect = false]]) => ({ name, type, props, protect }));

const opened = (portRange: string) => ({
  inboundRules: [{ protocol: "tcp", portRange, sourceAddresses: ["203.0.113.0/24", "0.0.0.0/0"] }],
});

/** How each rule is broken: the resource, what is changed (null takes another resource away), and what the rule says it got. */
const broken: Readonly<Record<string, readonly [resource: string, change: Props | { without: string } | "unprotected", got: string]>> = {
  "do-droplet-ssh-keys": ["host", { sshKeys: [] }, "none"],
  "do-droplet-user-data-secret": [
    "host",
    { userData: "write_files:\n- content: postgres://shop:hunter2@db/shop\n" },
    "an URL with a password",
  ],
  "do-droplet-monitoring": ["host", { monitoring: false }, "false"],
  "do-droplet-vpc": ["host", { vpcUuid: undefined }, "the default VPC"],
  "do-droplet-backups": ["host", { backups: false }, "false"],
  "do-droplet-backup-hour": ["host", { backupPolicy: { plan: "weekly" } }, "none"],
  "do-droplet-image": ["host", { image: "ubuntu-20-04-x64" }, "ubuntu-20-04-x64"],
  "do-droplet-graceful-shutdown": ["host", { gracefulShutdown: undefined }, "undefined"],
  "do-droplet-tags": ["host", { tags: [] }, "none"],
  "do-droplet-firewall": ["host", { tags: ["other"] }, "no firewall"],
  "do-firewall-ssh": ["wall", opened("22"), "0.0.0.0/0"],
  "do-firewall-data": ["wall", opened("5432"), "port 5432 from 0.0.0.0/0"],
  "do-firewall-all-in": ["wall", opened("1-65535"), "tcp 1-65535"],
  "do-firewall-all-out": [
    "wall",
    { outboundRules: [{ protocol: "tcp", portRange: "all", destinationAddresses: ["::/0"] }] },
    "tcp all to anywhere",
  ],
  "do-database-vpc": ["cluster", { privateNetworkUuid: undefined }, "the default VPC"],
  "do-database-firewall": ["cluster", { without: "sources" }, "no DatabaseFirewall"],
  "do-database-sources": ["sources", { rules: [{ type: "ip_addr", value: "203.0.113.7" }] }, "ip_addr 203.0.113.7"],
  "do-database-user": ["cluster", { without: "user" }, "only doadmin"],
  "do-database-standby": ["cluster", { nodeCount: 1 }, "one server"],
  "do-database-protect": ["cluster", "unprotected", "not protected"],
  "do-database-version": ["cluster", { version: "14" }, "pg 14"],
  "do-database-maintenance": ["cluster", { maintenanceWindows: [] }, "none"],
  "do-database-tags": ["cluster", { tags: undefined }, "none"],
  "do-spaces-private": ["bucket", { acl: "public-read" }, "public-read"],
  "do-spaces-versioning": ["bucket", { versioning: undefined }, "off"],
  "do-spaces-lifecycle": ["bucket", { lifecycleRules: [] }, "none"],
  "do-spaces-force-destroy": ["bucket", { forceDestroy: true }, "forceDestroy"],
  "do-spaces-key": ["key", { grants: [{ bucket: "", permission: "fullaccess" }] }, "every bucket of the account"],
  "do-balancer-https": ["balancer", { redirectHttpToHttps: undefined }, "undefined"],
  "do-dns-caa": ["address", { without: "caa" }, "no CAA record"],
  "do-alert-disk": ["host", { without: "disk" }, "none"],
  "do-uptime": ["host", { without: "down" }, "no check"],
  "aws-instance-imdsv2": ["host", { metadataOptions: { httpTokens: "optional" } }, "IMDSv1"],
  "aws-template-imdsv2": ["template", { metadataOptions: undefined }, "IMDSv1"],
  "aws-instance-user-data-secret": ["host", { userData: "AKIAIOSFODNN7EXAMPLE" }, "an AWS access key"],
  "aws-instance-encrypted": ["host", { ebsBlockDevices: [{ deleteOnTermination: true }] }, "a disk in clear"],
  "aws-instance-disks-end": ["host", { ebsBlockDevices: [{ encrypted: true }] }, "a disk that outlives the machine"],
  "aws-instance-detailed-monitoring": ["host", { monitoring: undefined }, "every five minutes"],
  "aws-instance-no-public-address": ["host", { associatePublicIpAddress: true }, "a public address"],
  "aws-instance-tags": ["host", { tags: {} }, "none"],
  "aws-open-ssh": ["ssh", { cidrIpv4: "0.0.0.0/0" }, "0.0.0.0/0"],
  "aws-open-data": ["group", { ingress: [{ ipv6CidrBlocks: ["::/0"], fromPort: 3306, toPort: 3306, protocol: "tcp" }] }, "::/0"],
  "aws-database-private": ["database", { publiclyAccessible: true }, "a public address"],
  "aws-database-encrypted": ["database", { storageEncrypted: undefined }, "in clear"],
  "aws-database-backups": ["database", { backupRetentionPeriod: 0 }, "none"],
  "aws-database-standby": ["database", { multiAz: false }, "one server"],
  "aws-database-deletion": ["database", { deletionProtection: false }, "no deletionProtection"],
  "aws-database-final-snapshot": ["database", { skipFinalSnapshot: true }, "none"],
  "aws-database-password": ["database", { manageMasterUserPassword: undefined }, "a password of ours"],
  "aws-bucket-private": ["bucket", { without: "block" }, "no whole block"],
  "aws-bucket-versioning": ["bucket", { without: "versions" }, "off"],
  "aws-bucket-logging": ["bucket", { without: "log" }, "off"],
  "aws-bucket-force-destroy": ["bucket", { forceDestroy: true }, "forceDestroy"],
  "aws-balancer-logging": ["balancer", { accessLogs: undefined }, "off"],
  "aws-balancer-deletion": ["balancer", { enableDeletionProtection: false }, "off"],
  "aws-balancer-https": ["listener", { defaultActions: [{ type: "forward" }] }, "an answer in clear"],
  "aws-alarms-heard": ["alarms", { without: "receiver" }, "none"],
  "aws-role-wildcard": ["role", { policy: statement("s3:*") }, "s3:*"],
  "aws-policy-wildcard": ["topicPolicy", { policy: statement(["s3:GetObject"], "*") }, "*"],
};

/** The stack with one thing wrong. */
function wrong(stack: Stack, name: string, change: (typeof broken)[string][1]): Stack {
  const [type, props, protect] = stack[name] ?? ["", {}];
  if (change === "unprotected") return { ...stack, [name]: [type, props, false] };
  if ("without" in change) return Object.fromEntries(Object.entries(stack).filter(([other]) => other !== change["without"]));
  return { ...stack, [name]: [type, { ...props, ...change }, protect ?? false] };
}

const production = { production: true, exceptions: [] };

test.each([
  ["DigitalOcean", digitalocean],
  ["AWS", aws],
])("a stack on %s that is right breaks no rule", (_name, stack) => {
  expect(evaluate(rules, resources(stack), production)).toEqual([]);
});

test("every rule is broken once, by name", () => {
  expect(rules.map(({ id }) => id)).toEqual(Object.keys(broken));
  expect(rules.filter(({ id }) => id.startsWith("do-")).length).toBeGreaterThanOrEqual(20);
});

test.each(Object.entries(broken))("%s", (id, [name, change, got]) => {
  const rule = rules.find((one) => one.id === id);
  if (rule === undefined) throw new Error(`there is no rule ${id}`);
  const found = evaluate(rules, resources(wrong(id.startsWith("do-") ? digitalocean : aws, name, change)), production);
  const own = found.filter((finding) => finding.rule === id);
  expect(own).toEqual([
    {
      rule: id,
      resource: name,
      level: rule.enforcementLevel === "advisory" ? "advisory" : "mandatory",
      says: sentence(rule, got),
      reason: "",
    },
  ]);
  // A world that may enter everywhere may enter by SSH, and a machine without a tag is behind no firewall.
  const together = { "do-firewall-all-in": ["do-firewall-ssh", "do-firewall-data"], "do-droplet-tags": ["do-droplet-firewall"] }[id] ?? [];
  expect(found.map((finding) => finding.rule).sort()).toEqual([id, ...together].sort());
});

test.each<[says: string, policy: string, got: string | undefined]>([
  ["all actions of a service", statement(["s3:GetObject", "s3:*"]), "s3:*"],
  ["all actions that begin alike", statement(["s3:Get*"]), "s3:Get*"],
  ["all resources", statement(["s3:GetObject"], "*"), "*"],
  ["an explanation that is of another form", statement(["s3:GetObject"], "arn:aws:s3:::*"), "arn:aws:s3:::*"],
  [
    "objects of a whole bucket under an explanation for one prefix",
    statement(["s3:GetObject"], "arn:aws:s3:::backups/*"),
    "arn:aws:s3:::backups/*",
  ],
  ["a Sid that explains nothing", statement(["s3:GetObject"], "arn:aws:s3:::backups/host/*", "Other"), "arn:aws:s3:::backups/host/*"],
  [
    "everything but",
    JSON.stringify({ Statement: { Effect: "Allow", NotAction: ["iam:PassRole"], Resource: "arn:aws:s3:::backups" } }),
    "NotAction",
  ],
  ["one that refuses", JSON.stringify({ Statement: [{ Effect: "Deny", Action: ["s3:*"], Resource: "*" }] }), undefined],
  ["one prefix, explained", statement(["s3:GetObject"]), undefined],
  ["one that is not known yet", later, undefined],
])("a wildcard: %s", (_says, policy, got) => {
  const found = evaluate(rules, resources(wrong(aws, "role", { policy })), production).map(({ rule, says }) => [
    rule,
    /, got (.*?): a service/.exec(says)?.[1],
  ]);
  expect(found).toEqual(got === undefined ? [] : [["aws-role-wildcard", got]]);
});

test("a database that the site has left for another one may be deleted", () => {
  const left = wrong(aws, "database", { deletionProtection: false, tags: { "replaced-by": "shop-database-3fa2b1" } });
  expect(evaluate(rules, resources(left), production)).toEqual([]);
});

test("where nothing is protected, what binds production is advice", () => {
  const found = evaluate(rules, resources(wrong(digitalocean, "cluster", "unprotected")), { production: false, exceptions: [] });
  expect(found.map(({ rule, level }) => [rule, level])).toEqual([["do-database-protect", "advisory"]]);
});

test("an exception lets one resource through, keeps its reason, and no other resource", () => {
  const exceptions = [{ rule: "do-droplet-monitoring", resource: "host", reason: "it is measured by somebody else" }];
  const two = {
    ...wrong(digitalocean, "host", { monitoring: false }),
    host2: ["digitalocean:index/droplet:Droplet", { ...digitalocean["host"]?.[1], monitoring: false }],
  } as Stack;
  expect(
    evaluate(rules, resources(two), { production: true, exceptions }).map(({ resource, level, reason }) => [resource, level, reason]),
  ).toEqual([
    ["host", "excepted", "it is measured by somebody else"],
    ["host2", "mandatory", ""],
  ]);
});

test("an exception for a rule that there is none of is told", () => {
  expect(unknownExceptions(rules, [{ rule: "do-nothing", resource: "host", reason: "no such rule is known to us" }])).toEqual([
    { at: "policy.exceptions.0.rule", must: "must be the id of a rule", got: "do-nothing", hint: "docs/policy.md lists them" },
  ]);
});

test("a finding says what must be, what is, why, how to mend it, and where that is from", () => {
  const [finding] = evaluate(rules, resources(wrong(digitalocean, "bucket", { acl: "public-read" })), production);
  expect(finding?.says).toBe(
    'must be private, got public-read: everybody could list and read it; set acl: "private" ' +
      "(https://docs.digitalocean.com/products/spaces/how-to/set-file-permissions/)",
  );
});

test("what binds production binds in our verbs where data is protected, and is advice elsewhere; an exception reaches its rule alone", () => {
  const exceptions = [{ rule: "do-uptime", resource: "web-0", reason: "somebody else asks the site from outside" }];
  const levels = (production: boolean) =>
    packConfig({ production, exceptions }) as Record<string, { enforcementLevel: string; exceptions: readonly object[] }>;
  const of = (id: string) => [levels(true)[id]?.enforcementLevel, levels(false)[id]?.enforcementLevel, levels(true)[id]?.exceptions.length];
  expect([of("do-alert-disk"), of("do-droplet-monitoring"), of("do-database-standby"), of("do-uptime")]).toEqual([
    ["mandatory", "advisory", 0],
    ["mandatory", "mandatory", 0],
    ["advisory", "advisory", 0],
    ["mandatory", "advisory", 1],
  ]);
});

test("a database that is there in a version that is mended no more stops no update, as the program itself promises", () => {
  const found = evaluate(rules, resources(wrong(digitalocean, "cluster", { version: "14" })), production);
  expect(found.map(({ rule, level }) => [rule, level])).toEqual([["do-database-version", "advisory"]]);
});
