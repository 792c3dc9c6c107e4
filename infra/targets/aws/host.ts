import { createHash } from "node:crypto";
import { Eip, EipAssociation, getAmi, Instance, NetworkInterface } from "@pulumi/aws/ec2";
import * as pulumi from "@pulumi/pulumi";
import { instances } from "../../config/catalog/aws";
import { debians } from "../../config/catalog/debian";
import type { Secrets } from "../../config/load";
import { isOwnImage } from "../../config/targets";
import { userData } from "../../host/user-data";
import type { HostPlan } from "../../plan/plan";
import { isProtected } from "../../plan/protection";
import type { CloudMachine } from "../bringUp";
import { firstContact, keepingUserData } from "../firstContact";
import type { FormerOutputs } from "../formerOutputs";
import { ofAccount } from "./account";
import type { Firewall } from "./firewall";
import type { Identity } from "./identity";
import type { Network } from "./network";
import { named, type PartScope, type Scope } from "./scope";

/**
 * Who publishes Debian's own images, whose exact names are the same in every region, while identifiers differ.
 * https://wiki.debian.org/Cloud/AmazonEC2Image/Bookworm
 */
const debianAccount = "136693071363";

/** Its `address` is its own for as long as it lives; releases go there. See docs/decisions/0016-two-addresses.md. */
export interface AwsHost extends CloudMachine {
  /** Of its network interface. */
  readonly interfaceId: pulumi.Output<string>;
  /** What it was made from; another one means another machine. */
  readonly generation: string;
  /** Number of its image in the region. */
  readonly image: pulumi.Output<string>;
  /** The private address that the site's public one is led to. */
  readonly siteAddress: pulumi.Output<string>;
}

/** What a machine is made in and with. */
export interface HostArgs {
  readonly network: Network;
  readonly firewall: Firewall;
  readonly identity: Identity;
  readonly secrets: Secrets;
  /** What it waits for, so that its first deployment need not. */
  readonly rights: readonly pulumi.Resource[];
  /** What the last `up` left. */
  readonly former: Promise<FormerOutputs>;
}

/** A Debian machine that answers SSH at an address of its own, and has a second private address for the site's. */
export function awsHost(scope: PartScope, planned: HostPlan, { network, firewall, identity, secrets, rights, former }: HostArgs): AwsHost {
  const { plan, options, part } = scope;
  const { host } = plan.spec;
  const { name } = planned;
  const type = instances[host.size];
  if (type === undefined) throw new Error(`instance type ${host.size} is not in the catalog`);
  const subnet = network.publicSubnets[planned.zone];
  const imageName = isOwnImage("aws", host.image) ? host.image : `${host.debian}-${type.architecture}-${debians[host.debian].ec2Build}`;
  const first = userData(secrets.sshPublicKey, host.debian);
  // A network interface is in one machine at a time, and both machines of a replacement need an address: they are replaced with it.
  const generation = createHash("sha256").update(`${imageName}\n${first}`).digest("hex").slice(0, 8);
  const served = pulumi.output(former).apply(({ hosts }) => hosts.find((one) => one.name === name && one.generation === generation));
  // Asked for only where a machine is to be made: an image that Debian has withdrawn meanwhile stops no release.
  const image = served.apply(async (one) => one?.image ?? (await findImage(scope, imageName)));
  const withMachine = { ...options, replacementTrigger: generation };
  const cardName = `${name}-card`;
  const card = new NetworkInterface(
    cardName,
    { subnetId: subnet.id, privateIpsCount: 1, securityGroups: [firewall.web.id], tags: named(scope, name) },
    withMachine,
  );
  const own = new Eip(`${name}-address`, { domain: "vpc", tags: named(scope, name) }, { ...withMachine, dependsOn: network.ready });
  const reachable = new EipAssociation(
    `${name}-reachable`,
    { allocationId: own.allocationId, networkInterfaceId: card.id, privateIpAddress: card.privateIp },
    options,
  );
  const contact = firstContact(planned, { place: card.id, former, secrets });
  const machine = new Instance(
    name,
    {
      ami: image,
      instanceType: host.size,
      primaryNetworkInterface: { networkInterfaceId: card.id },
      iamInstanceProfile: identity.profile.name,
      userData: contact.userData,
      userDataReplaceOnChange: true,
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1, instanceMetadataTags: "disabled" },
      rootBlockDevice: { volumeType: "gp3", volumeSize: 20, encrypted: true, deleteOnTermination: true, tags: named(scope, name) },
      ...(type.burstable
        ? { creditSpecification: { cpuCredits: served.apply((one) => creditsOf(host.cpuCredits, one !== undefined)) } }
        : {}),
      ebsOptimized: true,
      monitoring: false,
      // Nobody ends it by hand; this program does, once its successor serves.
      disableApiTermination: isProtected(plan.spec),
      forceDestroy: true,
      tags: { ...named(scope, name), role: "web" },
    },
    // With its rights at hand, its first deployment need not wait for them. No living machine changes its card, which is another with each
    // generation.
    { ...options, ...keepingUserData, replaceOnChanges: ["primaryNetworkInterface"], dependsOn: [reachable, ...rights] },
  );
  return {
    name,
    part,
    resource: machine,
    // EC2 gives no interface of one machine to another, so who wants another machine replaces this.
    replacedBy: cardName,
    interfaceId: card.id,
    generation,
    image,
    token: contact.token,
    address: own.publicIp,
    siteAddress: pulumi.all([card.privateIp, card.privateIps]).apply(([own, all]) => secondAddress(own, all)),
  };
}

async function findImage({ options }: Scope, name: string): Promise<string> {
  if (isOwnImage("aws", name)) return name;
  const filters = [{ name: "name", values: [name] }];
  const { id } = await ofAccount(
    `the image ${name}`,
    getAmi({ owners: [debianAccount], filters, mostRecent: false, includeDeprecated: true }, options),
  );
  return id;
}

/**
 * T3 and T4g begin without a credit, so one that may not go beyond its baseline has a fifth of each core for its first deployment, or less.
 * What such a burst takes it earns back within the day, and pays nothing.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances-unlimited-mode-concepts.html
 */
export const creditsOf = (asked: "unlimited" | "standard", hasServed: boolean): "unlimited" | "standard" =>
  hasServed ? asked : "unlimited";

/** The address of a network interface that is not its first. "" while there is none. */
export const secondAddress = (first: string, all: readonly string[]): string => all.find((address) => address !== first) ?? "";
