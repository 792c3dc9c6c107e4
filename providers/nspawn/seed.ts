/** What makes one machine of an image: files written to its disk before the first boot. */
export interface Seed {
  readonly name: string;
  readonly address: string;
  /** Length of the network's mask. */
  readonly bits: number;
  readonly gateway: string;
  readonly nameservers: readonly string[];
  readonly userData: string;
}

/** Where a machine is told its address. */
export const networkFile = "etc/systemd/network/05-host0.network";

/** Text by path. */
export function seedFiles({ name, address, bits, gateway, nameservers, userData }: Seed): Record<string, string> {
  return {
    "etc/hostname": `${name}\n`,
    // sudo looks its own host up and complains when the name has no address.
    "etc/hosts": `127.0.0.1 localhost\n127.0.1.1 ${name}\n::1 localhost ip6-localhost\n`,
    "etc/resolv.conf": nameservers.map((server) => `nameserver ${server}\n`).join(""),
    [networkFile]: `[Match]
Name=host0

[Network]
Address=${address}/${bits}
Gateway=${gateway}
# The firewall on the bridge speaks IPv4, so nothing else may be spoken there.
LinkLocalAddressing=no
IPv6AcceptRA=no
`,
    "var/lib/cloud/seed/nocloud/meta-data": `instance-id: ${name}\nlocal-hostname: ${name}\n`,
    "var/lib/cloud/seed/nocloud/user-data": userData,
  };
}

/** The nameservers of a resolv.conf that a machine can reach too; those on the box's loopback it cannot. */
export function reachableNameservers(resolvConf: string): string[] {
  const servers = [...resolvConf.matchAll(/^nameserver\s+(\S+)/gm)].map(([, server = ""]) => server);
  return servers.filter((server) => !server.startsWith("127.") && !server.includes(":"));
}
