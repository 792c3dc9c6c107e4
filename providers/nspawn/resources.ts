import * as pulumi from "@pulumi/pulumi";

export interface ImageArgs {
  /** Debian release, such as "bookworm". */
  suite: pulumi.Input<string>;
  /** Debian packages the machines begin with, beside what every image has (systemd, sshd, cloud-init, sudo, nftables). */
  packages: pulumi.Input<readonly string[]>;
}

/** A Debian tree that machines start from. Built once and cached by the digest of its recipe; deleting keeps the cache. */
export class Image extends pulumi.CustomResource {
  declare readonly suite: pulumi.Output<string>;
  /** Of the recipe, 16 hex digits. */
  declare readonly digest: pulumi.Output<string>;
  /** Folder of the tree on this box. */
  declare readonly path: pulumi.Output<string>;

  constructor(name: string, args: ImageArgs, options?: pulumi.CustomResourceOptions) {
    super("nspawn:index:Image", name, { digest: undefined, path: undefined, ...args }, options);
  }
}

export interface NetworkArgs {
  /** Unique on the box: project and stack. The bridge and the nft table are named after it. */
  name: pulumi.Input<string>;
  /** IPv4 CIDR of /16 to /28. A change replaces the network and its machines. */
  range: pulumi.Input<string>;
}

/** A bridge on this box; its machines reach the outside through the box's own address. */
export class Network extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly range: pulumi.Output<string>;
  /** Name of the bridge interface, at most 15 characters. */
  declare readonly bridge: pulumi.Output<string>;
  /** The box's own address in the network: the first of the range. */
  declare readonly gateway: pulumi.Output<string>;

  constructor(name: string, args: NetworkArgs, options?: pulumi.CustomResourceOptions) {
    super("nspawn:index:Network", name, { bridge: undefined, gateway: undefined, ...args }, options);
  }
}

export interface MachineArgs {
  /** Unique on the box, and the host name: a DNS label. A change replaces the machine. */
  name: pulumi.Input<string>;
  /** Debian release of the image: `image.suite`. A change replaces the machine. */
  suite: pulumi.Input<string>;
  /**
   * Tree the machine starts from: `image.path`. Read when the machine is created; a later image, which has other packages,
   * leaves the machine as it is, because packages are hostctl's to install.
   */
  image: pulumi.Input<string>;
  /** `network.bridge`. */
  bridge: pulumi.Input<string>;
  /** `network.gateway`. */
  gateway: pulumi.Input<string>;
  /** `network.range`. */
  range: pulumi.Input<string>;
  /** IPv4 address in the range. A change replaces the machine. */
  address: pulumi.Input<string>;
  /** cloud-init user-data of the first boot. A change replaces the machine. */
  userData: pulumi.Input<string>;
  /** Memory of all its processes together, enforced by the box. A change is applied to the running machine. */
  memoryMiB: pulumi.Input<number>;
  /** Whether its disk holds what exists nowhere else: whatever would replace it is then refused, and its network with it. */
  keepsData: pulumi.Input<boolean>;
  /**
   * Whether it runs, which a change brings about; its disk stays.
   * @default true
   */
  runs?: pulumi.Input<boolean>;
  /** Share of the box's processors, 0.5 is half of one. A change is applied to the running machine. */
  cpus: pulumi.Input<number>;
}

/** A Debian machine with its own systemd, reached by SSH. Created when its SSH server answers. */
export class Machine extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly address: pulumi.Output<string>;
  /** Public host key, "ssh-ed25519 AAAA...". */
  declare readonly hostKey: pulumi.Output<string>;

  constructor(name: string, args: MachineArgs, options?: pulumi.CustomResourceOptions) {
    super("nspawn:index:Machine", name, { hostKey: undefined, ...args }, options);
  }
}

export interface FirewallRuleArgs {
  /** Machine that is reached. */
  address: pulumi.Input<string>;
  port: pulumi.Input<number>;
  protocol: pulumi.Input<"tcp" | "udp">;
  /** IPv4 CIDRs, or "anywhere". The box itself arrives from the network's gateway. */
  from: pulumi.Input<readonly pulumi.Input<string>[]>;
  /** Written beside the rule. */
  why: pulumi.Input<string>;
}

export interface FirewallArgs {
  /** Unique on the box; the nft table is named after it. */
  name: pulumi.Input<string>;
  /** `network.range`. */
  range: pulumi.Input<string>;
  /** What is open on the machines of the range; all else is closed. A change is applied at once, in one transaction. */
  rules: pulumi.Input<readonly FirewallRuleArgs[]>;
}

/** What may begin a connection to the machines of a network. Their own way out is open. */
export class Firewall extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;

  constructor(name: string, args: FirewallArgs, options?: pulumi.CustomResourceOptions) {
    super("nspawn:index:Firewall", name, { ...args }, options);
  }
}
