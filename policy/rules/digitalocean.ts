import { dataPorts, holdsPort, isWorld } from "../networks";
import { each, together, type Resource, type Rule } from "../rule";
import { secretIn } from "../../infra/config/catalog/secretForms";

const droplet = "digitalocean:index/droplet:Droplet";
const firewall = "digitalocean:index/firewall:Firewall";
const cluster = "digitalocean:index/databaseCluster:DatabaseCluster";
const databaseFirewall = "digitalocean:index/databaseFirewall:DatabaseFirewall";
const databaseUser = "digitalocean:index/databaseUser:DatabaseUser";
const bucket = "digitalocean:index/spacesBucket:SpacesBucket";
const spacesKey = "digitalocean:index/spacesKey:SpacesKey";
const balancer = "digitalocean:index/loadBalancer:LoadBalancer";
const record = "digitalocean:index/dnsRecord:DnsRecord";
const uptimeCheck = "digitalocean:index/uptimeCheck:UptimeCheck";
const uptimeAlert = "digitalocean:index/uptimeAlert:UptimeAlert";
const monitorAlert = "digitalocean:index/monitorAlert:MonitorAlert";

const docs = "https://docs.digitalocean.com";

interface FirewallSide {
  readonly protocol?: string;
  readonly portRange?: string;
  readonly sourceAddresses?: readonly string[];
  readonly destinationAddresses?: readonly string[];
}

const inbound = (props: Resource["props"]): readonly FirewallSide[] => (props["inboundRules"] ?? []) as readonly FirewallSide[];
const outbound = (props: Resource["props"]): readonly FirewallSide[] => (props["outboundRules"] ?? []) as readonly FirewallSide[];
const fromWorld = (side: FirewallSide): string | undefined => side.sourceAddresses?.find(isWorld);
const ofType = (resources: readonly Resource[], type: string): readonly Resource[] =>
  resources.filter((resource) => resource.type === type);

/**
 * Releases of Debian and Ubuntu that get no security updates any more, as of 2026-11. https://www.debian.org/releases/
 * https://ubuntu.com/about/release-cycle
 */
const ended = /^(debian-(?:[1-9]|10|11)(?!\d)|ubuntu-(?:1[0-9]|20)-\d{2}|centos-)/;

/** As of 2026-11. https://www.postgresql.org/support/versioning/ https://www.mysql.com/support/eol-notice.html */
const endedEngines: Readonly<Record<string, readonly string[]>> = { pg: ["9", "10", "11", "12", "13", "14"], mysql: ["5"] };

/** What must never be on DigitalOcean, where public scanners know four rules. */
export const digitalocean: readonly Rule[] = [
  each(
    droplet,
    {
      id: "do-droplet-ssh-keys",
      must: "have an SSH key",
      why: "without one DigitalOcean mails a root password",
      remediation: "set sshKeys",
      url: `${docs}/products/droplets/how-to/connect-with-ssh/`,
      enforcementLevel: "mandatory",
    },
    ({ sshKeys }) => ((sshKeys as unknown[] | undefined)?.length ?? 0) === 0 && "none",
  ),

  each(
    droplet,
    {
      id: "do-droplet-user-data-secret",
      must: "hold no secret in userData",
      why: "every process of the machine reads it from the metadata service, and so does the state",
      remediation: "send it over SSH",
      url: `${docs}/products/droplets/how-to/access-metadata/`,
      enforcementLevel: "mandatory",
    },
    ({ userData }) => secretIn(userData),
  ),

  each(
    droplet,
    {
      id: "do-droplet-monitoring",
      must: "run the monitoring agent",
      why: "without it nobody hears of a full disk or memory",
      remediation: "set monitoring: true",
      url: `${docs}/products/monitoring/how-to/install-metrics-agent/`,
      enforcementLevel: "mandatory",
    },
    ({ monitoring }) => monitoring !== true && String(monitoring),
  ),

  each(
    droplet,
    {
      id: "do-droplet-vpc",
      must: "be in a VPC of its own stack",
      why: "the region's default VPC is shared with every other droplet of the account",
      remediation: "set vpcUuid",
      url: `${docs}/products/networking/vpc/`,
      enforcementLevel: "mandatory",
    },
    ({ vpcUuid }) => vpcUuid === undefined && "the default VPC",
  ),

  each(
    droplet,
    {
      id: "do-droplet-backups",
      must: "have backups",
      why: "a machine that is lost is then made anew from an image, not from memory",
      remediation: "set backups: true and a backupPolicy",
      url: `${docs}/products/backups/`,
      enforcementLevel: "production",
    },
    ({ backups }) => backups !== true && String(backups),
  ),

  each(
    droplet,
    {
      id: "do-droplet-backup-hour",
      must: "name the hour of its backups",
      why: "the default hour is whatever is convenient for the data centre",
      remediation: "set backupPolicy.hour",
      url: `${docs}/products/backups/how-to/enable/`,
      enforcementLevel: "mandatory",
    },
    ({ backups, backupPolicy }) => backups === true && (backupPolicy as { hour?: number } | undefined)?.hour === undefined && "none",
  ),

  each(
    droplet,
    {
      id: "do-droplet-image",
      must: "be a release that still gets security updates",
      why: "nobody mends what is found in it",
      remediation: "take debian-13-x64 or debian-12-x64",
      url: "https://www.debian.org/releases/",
      enforcementLevel: "mandatory",
    },
    ({ image }) => ended.test(String(image)) && String(image),
  ),

  each(
    droplet,
    {
      id: "do-droplet-graceful-shutdown",
      must: "shut down gracefully",
      why: "power is cut otherwise, with requests and writes under way",
      remediation: "set gracefulShutdown: true",
      url: "https://www.pulumi.com/registry/packages/digitalocean/api-docs/droplet/",
      enforcementLevel: "mandatory",
    },
    ({ gracefulShutdown }) => gracefulShutdown !== true && String(gracefulShutdown),
  ),

  each(
    droplet,
    {
      id: "do-droplet-tags",
      must: "be tagged",
      why: "firewalls, alerts and the bill find machines by their tags",
      remediation: "set tags",
      url: `${docs}/products/droplets/how-to/tag/`,
      enforcementLevel: "mandatory",
    },
    ({ tags }) => ((tags as unknown[] | undefined)?.length ?? 0) === 0 && "none",
  ),

  together(
    [droplet, firewall],
    {
      id: "do-droplet-firewall",
      must: "be behind a cloud firewall",
      why: "everything that listens is open to the world otherwise",
      remediation: "give a Firewall one of its tags, or its id",
      url: `${docs}/products/networking/firewalls/`,
      enforcementLevel: "mandatory",
    },
    (resources) => {
      const walls = ofType(resources, firewall);
      const tags = new Set(walls.flatMap(({ props }) => (props["tags"] ?? []) as string[]));
      const byId = walls.some(({ props }) => ((props["dropletIds"] ?? []) as unknown[]).length > 0);
      return ofType(resources, droplet)
        .filter(({ props }) => !byId && !((props["tags"] ?? []) as string[]).some((tag) => tags.has(tag)))
        .map(({ name }) => ({ resource: name, got: "no firewall" }));
    },
  ),

  each(
    firewall,
    {
      id: "do-firewall-ssh",
      must: "not open SSH to the world",
      why: "it is tried with stolen passwords and fresh exploits within minutes",
      remediation: "name the networks that people work from",
      url: `${docs}/products/networking/firewalls/how-to/configure-rules/`,
      enforcementLevel: "mandatory",
    },
    (props) =>
      inbound(props)
        .filter(({ protocol, portRange }) => protocol === "tcp" && holdsPort(portRange, 22))
        .map(fromWorld)
        .find(Boolean),
  ),

  each(
    firewall,
    {
      id: "do-firewall-data",
      must: "not open a database or cache to the world",
      why: "they are for the app alone",
      remediation: "leave the rule out",
      url: `${docs}/products/networking/firewalls/how-to/configure-rules/`,
      enforcementLevel: "mandatory",
    },
    (props) => {
      const open = inbound(props).find(
        (side) => side.protocol === "tcp" && dataPorts.some((port) => holdsPort(side.portRange, port)) && fromWorld(side) !== undefined,
      );
      return open && `port ${open.portRange ?? "all"} from ${fromWorld(open) ?? ""}`;
    },
  ),

  each(
    firewall,
    {
      id: "do-firewall-all-in",
      must: "open single ports, not all of them",
      why: "what is installed tomorrow is open the same minute",
      remediation: "name the ports",
      url: `${docs}/products/networking/firewalls/how-to/configure-rules/`,
      enforcementLevel: "mandatory",
    },
    (props) => {
      const open = inbound(props).find(
        (side) =>
          side.protocol !== "icmp" && holdsPort(side.portRange, 1) && holdsPort(side.portRange, 65535) && fromWorld(side) !== undefined,
      );
      return open && `${open.protocol ?? ""} ${open.portRange ?? "all"}`;
    },
  ),

  each(
    firewall,
    {
      id: "do-firewall-all-out",
      must: "let out single ports, not all of them",
      why: "a machine that was taken over sends spam and data anywhere",
      remediation: "name what it must reach",
      url: `${docs}/products/networking/firewalls/how-to/configure-rules/`,
      enforcementLevel: "production",
    },
    (props) => {
      const open = outbound(props).find(
        ({ protocol, portRange, destinationAddresses }) =>
          protocol === "tcp" && holdsPort(portRange, 1) && holdsPort(portRange, 65535) && destinationAddresses?.some(isWorld),
      );
      return open && `tcp ${open.portRange ?? "all"} to anywhere`;
    },
  ),

  each(
    cluster,
    {
      id: "do-database-vpc",
      must: "be in the stack's VPC",
      why: "its traffic crosses other customers' network otherwise",
      remediation: "set privateNetworkUuid",
      url: `${docs}/products/databases/postgresql/how-to/secure/`,
      enforcementLevel: "mandatory",
    },
    ({ privateNetworkUuid }) => privateNetworkUuid === undefined && "the default VPC",
  ),

  together(
    [cluster, databaseFirewall],
    {
      id: "do-database-firewall",
      must: "have trusted sources",
      why: "a managed database without any takes connections from the whole Internet",
      remediation: "add a DatabaseFirewall",
      url: `${docs}/products/databases/postgresql/how-to/secure/`,
      enforcementLevel: "mandatory",
    },
    (resources) => {
      const walls = ofType(resources, databaseFirewall).length;
      // Their ids are unknown in a preview, so they are counted.
      return ofType(resources, cluster)
        .slice(walls)
        .map(({ name }) => ({ resource: name, got: "no DatabaseFirewall" }));
    },
  ),

  each(
    databaseFirewall,
    {
      id: "do-database-sources",
      must: "trust the stack's own machines by tag or id",
      why: "addresses come and go, and the next owner of one is let in",
      remediation: 'take rules of type "tag"',
      url: `${docs}/products/databases/postgresql/how-to/secure/`,
      enforcementLevel: "mandatory",
    },
    ({ rules }) => {
      const named = ((rules ?? []) as { type: string; value: string }[]).find(({ type }) => type === "ip_addr");
      return named && `ip_addr ${named.value}`;
    },
  ),

  together(
    [cluster, databaseUser],
    {
      id: "do-database-user",
      must: "have a user of the app's own",
      why: "doadmin may drop every database of the cluster",
      remediation: "add a DatabaseUser",
      url: `${docs}/products/databases/postgresql/how-to/modify-user-privileges/`,
      enforcementLevel: "mandatory",
    },
    (resources) => {
      const fresh = ofType(resources, cluster).filter(({ props }) => props["backupRestore"] === undefined);
      return fresh.slice(ofType(resources, databaseUser).length).map(({ name }) => ({ resource: name, got: "only doadmin" }));
    },
  ),

  each(
    cluster,
    {
      id: "do-database-standby",
      must: "have a standby",
      why: "the site waits for minutes when its one server fails",
      remediation: "set webstack:database standby: true",
      url: `${docs}/products/databases/postgresql/how-to/add-standby-nodes/`,
      enforcementLevel: "advisory",
    },
    ({ nodeCount }) => Number(nodeCount ?? 1) < 2 && "one server",
  ),

  each(
    cluster,
    {
      id: "do-database-protect",
      must: "be protected from deletion",
      why: "one wrong command takes the data and its backups",
      remediation: "set webstack:protect to data",
      url: "https://www.pulumi.com/docs/iac/concepts/resources/options/protect/",
      enforcementLevel: "production",
    },
    (_props, { protect }) => !protect && "not protected",
  ),

  each(
    cluster,
    {
      id: "do-database-version",
      must: "run an engine that still gets security updates",
      why: "DigitalOcean upgrades it by force at a time of its own",
      remediation: "take a newer version",
      url: `${docs}/products/databases/postgresql/details/supported-versions/`,
      // The program refuses a new one by itself, and one that is there goes on, see infra/targets/digitalocean/versions.ts.
      enforcementLevel: "advisory",
    },
    ({ engine, version }) =>
      endedEngines[String(engine)]?.includes(String(version).split(".")[0] ?? "") === true && `${String(engine)} ${String(version)}`,
  ),

  each(
    cluster,
    {
      id: "do-database-maintenance",
      must: "name its maintenance window",
      why: "updates restart the database in the middle of somebody's day otherwise",
      remediation: "set maintenanceWindows",
      url: `${docs}/products/databases/postgresql/how-to/update-maintenance-window/`,
      enforcementLevel: "mandatory",
    },
    ({ maintenanceWindows }) => ((maintenanceWindows as unknown[] | undefined)?.length ?? 0) === 0 && "none",
  ),

  each(
    cluster,
    {
      id: "do-database-tags",
      must: "be tagged",
      why: "the bill and the console find it by its tags",
      remediation: "set tags",
      url: `${docs}/products/databases/`,
      enforcementLevel: "mandatory",
    },
    ({ tags }) => ((tags as unknown[] | undefined)?.length ?? 0) === 0 && "none",
  ),

  each(
    bucket,
    {
      id: "do-spaces-private",
      must: "be private",
      why: "everybody could list and read it",
      remediation: 'set acl: "private"',
      url: `${docs}/products/spaces/how-to/set-file-permissions/`,
      enforcementLevel: "mandatory",
    },
    ({ acl }) => acl !== undefined && acl !== "private" && String(acl),
  ),

  each(
    bucket,
    {
      id: "do-spaces-versioning",
      must: "keep old versions",
      why: "whoever takes a host over could overwrite the backups",
      remediation: "set versioning.enabled",
      url: `${docs}/products/spaces/how-to/enable-versioning/`,
      enforcementLevel: "mandatory",
    },
    ({ versioning }) => (versioning as { enabled?: boolean } | undefined)?.enabled !== true && "off",
  ),

  each(
    bucket,
    {
      id: "do-spaces-lifecycle",
      must: "let old versions go",
      why: "they are kept, and paid for, for ever otherwise",
      remediation: "set lifecycleRules with noncurrentVersionExpiration",
      url: `${docs}/products/spaces/how-to/configure-lifecycle-rules/`,
      enforcementLevel: "mandatory",
    },
    ({ lifecycleRules }) =>
      !((lifecycleRules ?? []) as { noncurrentVersionExpiration?: unknown }[]).some(
        (rule) => rule.noncurrentVersionExpiration !== undefined,
      ) && "none",
  ),

  each(
    bucket,
    {
      id: "do-spaces-force-destroy",
      must: "not be deleted with what is in it",
      why: "the last backup would go with the stack",
      remediation: "leave forceDestroy out",
      url: "https://www.pulumi.com/registry/packages/digitalocean/api-docs/spacesbucket/",
      enforcementLevel: "production",
    },
    ({ forceDestroy }) => forceDestroy === true && "forceDestroy",
  ),

  each(
    spacesKey,
    {
      id: "do-spaces-key",
      must: "open one bucket",
      why: "a host needs no other bucket of the account",
      remediation: "name the bucket in each of its grants",
      url: `${docs}/products/spaces/how-to/manage-access/`,
      enforcementLevel: "mandatory",
    },
    ({ grants }) => {
      const all = (grants ?? []) as { bucket?: unknown; permission: string }[];
      return (
        (all.length === 0 || all.some((grant) => grant.permission === "fullaccess" || grant.bucket === undefined || grant.bucket === "")) &&
        "every bucket of the account"
      );
    },
  ),

  each(
    balancer,
    {
      id: "do-balancer-https",
      must: "lead from http to https",
      why: "passwords cross the Internet in clear otherwise",
      remediation: "set redirectHttpToHttps",
      url: `${docs}/products/networking/load-balancers/how-to/ssl-termination/`,
      enforcementLevel: "mandatory",
    },
    ({ redirectHttpToHttps }) => redirectHttpToHttps !== true && String(redirectHttpToHttps),
  ),

  together(
    [record],
    {
      id: "do-dns-caa",
      must: "say which authority may sign for its zone",
      why: "any other authority that is tricked may sign a certificate for it too",
      remediation: "set webstack:site caa: all",
      url: `${docs}/products/networking/dns/how-to/create-caa-records/`,
      enforcementLevel: "advisory",
    },
    (resources) => {
      const records = ofType(resources, record);
      const guarded = new Set(records.filter(({ props }) => props["type"] === "CAA").map(({ props }) => String(props["domain"])));
      return records
        .filter(({ props }) => props["type"] === "A" && !guarded.has(String(props["domain"])))
        .map(({ name }) => ({ resource: name, got: "no CAA record" }));
    },
  ),

  together(
    [droplet, monitorAlert],
    {
      id: "do-alert-disk",
      must: "have an alert for a full disk",
      why: "a full disk stops a database and a site that worked for years",
      remediation: "set monitoring.emails",
      url: `${docs}/products/monitoring/how-to/set-up-alerts/`,
      enforcementLevel: "production",
    },
    (resources) => {
      const watched = ofType(resources, monitorAlert).some(({ props }) => props["type"] === "v1/insights/droplet/disk_utilization_percent");
      return watched ? [] : ofType(resources, droplet).map(({ name }) => ({ resource: name, got: "none" }));
    },
  ),

  together(
    [droplet, uptimeCheck, uptimeAlert],
    {
      id: "do-uptime",
      must: "be asked from outside, and its silence told",
      why: "what is inside cannot tell that nobody reaches it",
      remediation: "set monitoring.emails",
      url: `${docs}/products/uptime/`,
      enforcementLevel: "production",
    },
    (resources) => {
      const told =
        ofType(resources, uptimeCheck).length > 0 &&
        ofType(resources, uptimeAlert).some(({ props }) => String(props["type"]).startsWith("down"));
      return told ? [] : ofType(resources, droplet).map(({ name }) => ({ resource: name, got: "no check" }));
    },
  ),
];
