import { createHash } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { problemLine } from "../../infra/config/problems";
import { checkBox, checkRange } from "./box";
import { attempt, run } from "./command";
import { type Failure, type Kind, stackOf, type Values } from "./kind";
import { addressAt, parseRange } from "./range";
import { removeMachine } from "./running";
import { keepersOn, storedMachines } from "./store";
import { replaces } from "./replaces";
import { changed, isUnknown } from "./values";

interface NetworkInputs {
  readonly name: string;
  readonly range: string;
}

const inputsOf = (values: Values) => values as unknown as NetworkInputs;

/** "ws-" and the name, at most 15 characters, which is what the kernel allows an interface; a longer one is cut and gets a hash. */
export function bridgeName(name: string): string {
  if (name.length <= 12) return `ws-${name}`;
  return `ws-${name.slice(0, 5)}-${createHash("sha256").update(name).digest("hex").slice(0, 6)}`;
}

/**
 * A locally administered hardware address of the bridge's own: without one it has its ports' lowest, which changes as machines come and go.
 */
export function bridgeAddress(name: string): string {
  return ["02", ...(createHash("sha256").update(name).digest("hex").slice(0, 10).match(/../g) ?? [])].join(":");
}

/** nft commands that give the machines of `range` a way out through the box's own address. */
export function masquerade(name: string, range: string): string {
  return `add table ip webstack-${name}
flush table ip webstack-${name}
table ip webstack-${name} {
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr ${range} ip daddr != ${range} masquerade
  }
}
`;
}

export const network: Kind = {
  check(values) {
    const { name, range } = values;
    const failures: Failure[] = checkBox().map((problem) => ({ property: "", reason: problemLine(problem) }));
    if (!isUnknown(name) && !/^[a-z][a-z0-9-]{0,62}$/.test(String(name))) {
      failures.push({
        property: "name",
        reason: `name: must be 1 to 63 lower-case letters, digits and dashes, got ${JSON.stringify(name)}`,
      });
    }
    if (isUnknown(range)) return failures;
    const parsed = parseRange(String(range));
    if (parsed === undefined || parsed.bits < 16 || parsed.bits > 28) {
      failures.push({
        property: "range",
        reason: `range: must be an IPv4 network of /16 to /28 such as 10.77.0.0/24, got ${JSON.stringify(range)}`,
      });
    } else if (failures.length === 0) {
      failures.push(
        ...checkRange(String(range), bridgeName(String(name))).map((problem) => ({ property: "range", reason: problemLine(problem) })),
      );
    }
    return failures;
  },

  diff(olds, news, urn) {
    const replaced = changed(olds, news, replaces.Network);
    const { name, range } = inputsOf(olds);
    // It takes its machines along, before the engine asks what becomes of those.
    const keepers = replaced.length === 0 ? [] : keepersOn(bridgeName(name));
    if (keepers.length > 0) {
      // As after the engine's `stack rename`.
      const renamed = replaced.includes("name");
      const other = renamed ? `called ${String(news.name)}` : `of ${String(news.range)}`;
      const mend = renamed ? "give the stack the name that it had" : "write the network.range that the stack had";
      throw new Error(
        `network ${name} of ${range} has machines that keep data on their disks, ${keepers.join(" and ")}, and one ${other} would ` +
          "begin without them: " +
          `${mend}; or give the data up first: npm run down -- ${stackOf(urn)}`,
      );
    }
    return { replaces: replaced, changes: replaced.length > 0 || !isUp(inputsOf(olds)) };
  },

  id: (values) => inputsOf(values).name,

  create: async (values) => ensure(inputsOf(values)),

  async read(values) {
    const { name } = inputsOf(values);
    return existsSync(`/sys/class/net/${bridgeName(name)}`) ? outputs(inputsOf(values)) : undefined;
  },

  update: async (_state, news) => ensure(inputsOf(news)),

  /** Takes machines along that an interrupted run left on the bridge. */
  async delete(values) {
    const { name } = inputsOf(values);
    const bridge = bridgeName(name);
    for (const machine of storedMachines()) {
      if (machine.bridge === bridge) await removeMachine(machine.name);
    }
    attempt(["nft", "delete", "table", "ip", `webstack-${name}`]);
    if (existsSync(`/sys/class/net/${bridge}`)) run(["ip", "link", "delete", bridge]);
  },
};

function outputs({ name, range }: NetworkInputs): Values {
  const parsed = parseRange(range);
  return { bridge: bridgeName(name), gateway: parsed === undefined ? "" : addressAt(parsed, 1) };
}

/** Makes whatever is missing; after a restart of the box that is everything. */
function ensure(inputs: NetworkInputs): Values {
  const { bridge, gateway } = outputs(inputs) as { bridge: string; gateway: string };
  if (!existsSync(`/sys/class/net/${bridge}`)) run(["ip", "link", "add", bridge, "address", bridgeAddress(inputs.name), "type", "bridge"]);
  run(["ip", "address", "replace", `${gateway}/${inputs.range.split("/")[1] ?? ""}`, "dev", bridge]);
  run(["ip", "link", "set", bridge, "up"]);
  // Asked too early, the kernel repeats its ARP question only a second later, which is half the boot of a machine. Twenty times, or a busy
  // box would be told within 150 ms that a living machine cannot be reached.
  writeFileSync(`/proc/sys/net/ipv4/neigh/${bridge}/retrans_time_ms`, "50");
  writeFileSync(`/proc/sys/net/ipv4/neigh/${bridge}/mcast_solicit`, "20");
  writeFileSync("/proc/sys/net/ipv4/ip_forward", "1");
  run(["nft", "-f", "-"], masquerade(inputs.name, inputs.range));
  return { bridge, gateway };
}

function isUp({ name }: NetworkInputs): boolean {
  return existsSync(`/sys/class/net/${bridgeName(name)}`) && attempt(["nft", "list", "table", "ip", `webstack-${name}`]).ok;
}
