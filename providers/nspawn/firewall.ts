import { attempt, run } from "./command";
import type { Failure, Kind, Values } from "./kind";
import { parseAddress, parseRange } from "./range";
import { replaces } from "./replaces";
import { changed, isUnknown } from "./values";

/** One opening; every other way in is closed. */
export interface Opening {
  readonly address: string;
  readonly port: number;
  readonly protocol: "tcp" | "udp";
  /** IPv4 CIDRs, or "anywhere". */
  readonly from: readonly string[];
  readonly why: string;
}

interface FirewallInputs {
  readonly name: string;
  readonly range: string;
  readonly rules: readonly Opening[];
}

const inputsOf = (values: Values) => values as unknown as FirewallInputs;

/**
 * nft commands that replace the whole table in one transaction. Packets between machines pass the bridge's forward hook, those
 * of the box and of the world behind it the output hook. Not every kernel tracks connections on a bridge
 * (CONFIG_NF_CONNTRACK_BRIDGE), so the rules judge single packets: a TCP connection begins with SYN without ACK, and UDP
 * comes in only as an answer to DNS or NTP.
 */
export function ruleset({ name, range, rules }: FirewallInputs): string {
  return `add table bridge webstack-${name}
flush table bridge webstack-${name}
table bridge webstack-${name} {
  chain reach {
${rules
  .flatMap(openings)
  .map((line) => `    ${line}\n`)
  .join("")}    udp sport { 53, 123 } accept
    tcp flags & (syn | ack) == syn drop
    ip protocol { icmp, tcp } accept
    drop
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    ip daddr ${range} jump reach
  }
  chain output {
    type filter hook output priority filter; policy accept;
    ip daddr ${range} jump reach
  }
}
`;
}

/** A line for each source: a set of sources that lie in each other would be refused. */
function openings({ address, port, protocol, from, why }: Opening): string[] {
  const comment = why.replaceAll(/["\\\n]/g, " ").slice(0, 120);
  return from.map((source) => {
    const match = source === "anywhere" ? "" : ` ip saddr ${source}`;
    return `ip daddr ${address}${match} ${protocol} dport ${port} accept comment "${comment}"`;
  });
}

export const firewall: Kind = {
  check(values) {
    const failures: Failure[] = [];
    const wrong = (property: string, must: string, got: unknown) => {
      if (!isUnknown(got)) failures.push({ property, reason: `${property}: ${must}, got ${JSON.stringify(got)}` });
    };
    if (!/^[a-z][a-z0-9-]{0,62}$/.test(String(values.name)))
      wrong("name", "must be 1 to 63 lower-case letters, digits and dashes", values.name);
    if (parseRange(String(values.range)) === undefined) wrong("range", "must be the network's IPv4 range", values.range);
    if (!Array.isArray(values.rules)) {
      wrong("rules", "must be a list", values.rules);
      return failures;
    }
    values.rules.forEach((rule: Values, index) => {
      const at = `rules[${index}]`;
      const { address, port, protocol, from } = rule;
      if (parseAddress(String(address)) === undefined) wrong(`${at}.address`, "must be an IPv4 address", address);
      if (!Number.isInteger(port) || Number(port) < 1 || Number(port) > 65535)
        wrong(`${at}.port`, "must be a whole number from 1 to 65535", port);
      if (protocol !== "tcp" && protocol !== "udp") wrong(`${at}.protocol`, 'must be "tcp" or "udp"', protocol);
      if (!Array.isArray(from) || from.length === 0) return wrong(`${at}.from`, 'must be a list of IPv4 CIDRs, or ["anywhere"]', from);
      for (const source of from) {
        if (source !== "anywhere" && parseRange(String(source)) === undefined)
          wrong(`${at}.from`, 'must be an IPv4 CIDR or "anywhere"', source);
      }
    });
    return failures;
  },

  diff(olds, news) {
    const replaced = changed(olds, news, replaces.Firewall);
    return {
      replaces: replaced,
      changes: replaced.length > 0 || changed(olds, news, ["range", "rules"]).length > 0 || !isThere(inputsOf(olds).name),
    };
  },

  id: (values) => inputsOf(values).name,

  async create(values) {
    run(["nft", "-f", "-"], ruleset(inputsOf(values)));
    return {};
  },

  read: async (values) => (isThere(inputsOf(values).name) ? {} : undefined),

  async update(_state, news) {
    run(["nft", "-f", "-"], ruleset(inputsOf(news)));
    return {};
  },

  async delete(values) {
    attempt(["nft", "delete", "table", "bridge", `webstack-${inputsOf(values).name}`]);
  },
};

function isThere(name: string): boolean {
  return attempt(["nft", "list", "table", "bridge", `webstack-${name}`]).ok;
}
