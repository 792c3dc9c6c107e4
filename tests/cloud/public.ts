import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { attempt, run } from "../../providers/nspawn/command";
import { addressAt, parseRange } from "../../providers/nspawn/range";
import type { Store } from "./store";

/**
 * Public addresses: this box answers for them and sends what arrives to the machine behind. One that leads nowhere refuses, since
 * nothing listens on the box. A machine sees the gateway of its network as the sender.
 */
export class PublicAddresses {
  constructor(private readonly store: Store) {}

  private get table(): string {
    return `webstack-cloud-${this.store.account().name}`;
  }

  /** A link without members that holds the addresses, so that none of their traffic leaves the box. */
  private get link(): string {
    return `wsc-${createHash("sha256").update(this.store.account().name).digest("hex").slice(0, 8)}`;
  }

  /** An address of the range that no resource has; `id` of its own resource until `release`. */
  take(): string {
    const range = parseRange(this.store.account().publicRange);
    if (range === undefined) throw new Error(`publicRange must be an IPv4 range, got ${this.store.account().publicRange}`);
    if (!existsSync(`/sys/class/net/${this.link}`)) run(["ip", "link", "add", this.link, "type", "bridge"]);
    run(["ip", "link", "set", this.link, "up"]);
    const held = this.held();
    for (let offset = 1; offset < range.last - range.first; offset++) {
      const address = addressAt(range, offset);
      if (held.includes(address)) continue;
      run(["ip", "address", "add", `${address}/32`, "dev", this.link]);
      return address;
    }
    throw new Error(`every address of ${this.store.account().publicRange} is taken`);
  }

  release(address: string): void {
    attempt(["ip", "address", "delete", `${address}/32`, "dev", this.link]);
  }

  private held(): string[] {
    const listed = JSON.parse(run(["ip", "-json", "-4", "address", "show", "dev", this.link])) as readonly {
      addr_info: readonly { local: string }[];
    }[];
    return listed.flatMap(({ addr_info }) => addr_info.map(({ local }) => local));
  }

  /**
   * Leads every public address to its private one, and refuses the closed ports of machines, by address. `ranges`: whose machines the
   * cloud's own services answer. One transaction.
   */
  lead(routes: ReadonlyMap<string, string>, closed: ReadonlyMap<string, readonly number[]>, ranges: readonly string[]): void {
    const elements = [...routes].map(([from, to]) => `${from} : ${to}`).join(", ");
    const refusals = [...closed]
      .map(([address, ports]) => `    ip daddr ${address} tcp dport { ${ports.join(", ")} } reject with tcp reset\n`)
      .join("");
    const answered = (this.store.account().services?.answered ?? []).flatMap(({ address, port, at }) =>
      ranges.map((range) => `    ip saddr ${range} ip daddr ${address} tcp dport ${port} redirect to :${at}\n`),
    );
    run(
      ["nft", "-f", "-"],
      `add table ip ${this.table}
delete table ip ${this.table}
table ip ${this.table} {
  map leads {
    type ipv4_addr : ipv4_addr
${elements === "" ? "" : `    elements = { ${elements} }\n`}  }
  chain refuse {
${refusals}  }
  chain prerouting {
    type nat hook prerouting priority dstnat; policy accept;
${answered.join("")}    dnat to ip daddr map @leads
  }
  chain output {
    type nat hook output priority -100; policy accept;
    dnat to ip daddr map @leads
  }
  chain postrouting {
    type nat hook postrouting priority 90; policy accept;
    ct status dnat masquerade
  }
  chain sent {
    type filter hook output priority filter; policy accept;
    jump refuse
  }
  chain forwarded {
    type filter hook forward priority filter; policy accept;
    jump refuse
  }
}
`,
    );
  }

  teardown(): void {
    attempt(["nft", "delete", "table", "ip", this.table]);
    attempt(["ip", "link", "delete", this.link]);
  }
}
