import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { limit } from "./cgroup";
import { type Failure, type Kind, stackOf, Unfinished, type Values } from "./kind";
import { parseAddress, parseRange } from "./range";
import { networkOfMachine, replaces } from "./replaces";
import { consoleTail, isRunning, removeMachine, start, stop } from "./running";
import { reachableNameservers, seedFiles } from "./seed";
import { isInUse } from "./standing";
import { folderOf, type StoredMachine, storeMachine, storedMachine } from "./store";
import { changed, isUnknown, surelyChanged } from "./values";

interface MachineInputs {
  readonly name: string;
  readonly image: string;
  readonly bridge: string;
  readonly gateway: string;
  readonly range: string;
  readonly address: string;
  readonly userData: string;
  readonly memoryMiB: number;
  readonly cpus: number;
  readonly keepsData?: boolean;
}

/** Its disk is kept, and it does not run. */
const isKeptOff = ({ runs }: Values): boolean => runs === false;

const inputsOf = (values: Values) => values as unknown as MachineInputs;

/** A first boot takes 2 to 4 seconds; a box that is busy, ten times that. */
const bootSeconds = 90;

export const machine: Kind = {
  check(values) {
    const failures: Failure[] = [];
    const wrong = (property: string, must: string) => {
      const got = values[property];
      if (!isUnknown(got)) failures.push({ property, reason: `${property}: must ${must}, got ${JSON.stringify(got)}` });
    };
    const { name, address, range, gateway, memoryMiB, cpus } = values;
    if (!/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(String(name))) wrong("name", "be a DNS label of lower-case letters, digits and dashes");
    const at = parseAddress(String(address));
    const network = parseRange(String(range));
    if (at === undefined) wrong("address", "be an IPv4 address");
    else if (network !== undefined && (at <= network.first || at >= network.last)) wrong("address", `lie in ${String(range)}`);
    else if (address === gateway) wrong("address", "differ from the gateway's");
    if (!Number.isInteger(memoryMiB) || Number(memoryMiB) < 128) wrong("memoryMiB", "be a whole number of at least 128");
    if (typeof cpus !== "number" || cpus < 0.1) wrong("cpus", "be a number of at least 0.1");
    return failures;
  },

  diff(olds, news, urn) {
    const replaced = [...changed(olds, news, replaces.Machine), ...surelyChanged(olds, news, networkOfMachine)];
    const [cause] = replaced;
    if (cause !== undefined && news.keepsData === true) throw new Error(refusal(olds, news, cause, stackOf(urn)));
    const resized = changed(olds, news, ["memoryMiB", "cpus"]).length > 0;
    return { replaces: replaced, changes: replaced.length > 0 || resized || isRunning(inputsOf(olds).name) === isKeptOff(news) };
  },

  id: (values) => inputsOf(values).name,

  async create(values, urn) {
    const inputs = inputsOf(values);
    if (isKeptOff(values))
      throw new Error(
        `machine ${inputs.name}, which was kept, off, is gone from this box; let it go: npm run upgrade -- ${stackOf(urn)} --drop-old`,
      );
    refuseUnknown(inputs, stackOf(urn));
    await removeMachine(inputs.name);
    storeMachine(madeOf(inputs));
    writeSeed(inputs);
    return boot(inputs, urn);
  },

  async read(state) {
    const { name } = inputsOf(state);
    return storedMachine(name) === undefined ? undefined : { hostKey: hostKey(name) ?? state.hostKey ?? "" };
  },

  async update(_state, news, urn) {
    const inputs = inputsOf(news);
    const stored = storedMachine(inputs.name);
    if (stored === undefined) {
      throw new Error(
        `machine ${inputs.name} and its disk are gone from this box; let Pulumi notice it: npm run up -- ${stackOf(urn)} --refresh`,
      );
    }
    storeMachine({ ...madeOf(inputs), image: stored.image, bridge: stored.bridge });
    if (isKeptOff(news)) {
      await stop(inputs.name);
      return { hostKey: hostKey(inputs.name) ?? "" };
    }
    limit(inputs.name, inputs.memoryMiB, inputs.cpus);
    return boot(inputs, urn);
  },

  async delete(state) {
    await removeMachine(inputsOf(state).name);
  },
};

/**
 * What an interrupted run left of a machine gives way to the one that is made. One that was in use does so only where it keeps no data:
 * then the state was lost, not the machine.
 * @throws Error with what to do
 */
export function refuseUnknown(
  { name, keepsData }: Pick<MachineInputs, "name" | "keepsData">,
  stack: string,
  folder = folderOf(name),
): void {
  if (keepsData !== true || !isInUse(folder)) return;
  throw new Error(
    `machine ${name} stands on this box with data on its disk, and the state of stack ${stack} knows nothing of it: bring that ` +
      `state back; or put the machine aside, and npm run up -- ${stack} makes another without the data: ` +
      `sudo mv ${folder} ${dirname(dirname(folder))}/${name}`,
  );
}

type Cause = (typeof replaces.Machine)[number] | (typeof networkOfMachine)[number];

/** Why a machine that keeps data is not made anew with another `cause`, and what to do. */
function refusal(olds: Values, news: Values, cause: Cause, stack: string): string {
  const values = cause === "userData" ? "other user-data" : `${cause} ${String(news[cause])} instead of ${String(olds[cause])}`;
  return (
    `machine ${inputsOf(olds).name} keeps data on its disk, and one with ${values} would begin without it: ${mends[cause](stack)}; ` +
    `or give the data up first: npm run down -- ${stack}`
  );
}

const ofNetwork = () => "write the network.range that the stack had";

const mends: Readonly<Record<Cause, (stack: string) => string>> = {
  name: () => "write the name that it had",
  suite: (stack) =>
    `write the host.image, or the database.version, that the stack had; npm run upgrade -- ${stack} moves a database to another version`,
  address: ofNetwork,
  userData: () => "write the user-data that it was made with",
  bridge: ofNetwork,
  gateway: ofNetwork,
  range: ofNetwork,
};

function madeOf({ name, image, bridge, memoryMiB, cpus, keepsData }: MachineInputs): StoredMachine {
  return { name, image, bridge, memoryMiB, cpus, ...(keepsData === undefined ? {} : { keepsData }) };
}

function writeSeed({ name, address, range, gateway, userData }: MachineInputs): void {
  const nameservers = ["/run/systemd/resolve/resolv.conf", "/etc/resolv.conf"].flatMap((file) => reachableNameservers(readOrEmpty(file)));
  const bits = parseRange(range)?.bits ?? 32;
  const files = seedFiles({ name, address, bits, gateway, userData, nameservers: [...new Set(nameservers)] });
  for (const [path, text] of Object.entries(files)) {
    const file = join(folderOf(name), "upper", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: path.endsWith("user-data") ? 0o600 : 0o644 });
  }
}

/** Starts the machine unless it runs, and waits for its SSH server. */
async function boot({ name, address, gateway }: MachineInputs, urn: string | undefined): Promise<Values> {
  const stored = storedMachine(name);
  if (stored === undefined) throw new Error(`machine ${name} has no folder ${folderOf(name)}`);
  let died = () => !isRunning(name);
  if (died()) {
    await stop(name);
    // Its own word: the first process of a machine joins its groups in its own time, and is found by them only then.
    died = start(stored, urn);
  }
  const end = Date.now() + bootSeconds * 1000;
  for (;;) {
    const key = hostKey(name);
    if (key !== undefined && (await greets(address))) return { hostKey: key };
    if (died()) throw new Unfinished(`machine ${name} stopped while it booted; its console ends:\n${consoleTail(name)}`);
    if (Date.now() > end) {
      throw new Unfinished(
        `machine ${name} runs, but port 22 of ${address} did not answer within ${bootSeconds} s; ` +
          `a firewall rule must open it to the box, ${gateway}; its console ends:\n${consoleTail(name)}`,
      );
    }
    await sleep(25);
  }
}

/** The machine's public host key, once its first boot has made one. */
function hostKey(name: string): string | undefined {
  const [type, key] = readOrEmpty(join(folderOf(name), "upper/etc/ssh/ssh_host_ed25519_key.pub")).split(" ");
  return type === "ssh-ed25519" && key !== undefined ? `${type} ${key.trim()}` : undefined;
}

/** Whether an SSH server says its name: https://www.rfc-editor.org/rfc/rfc4253#section-4.2 */
function greets(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: address, port: 22 });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    // sshd looks no name up before it greets, so it is quick or not there.
    socket.setTimeout(1000, () => settle(false));
    socket.once("error", () => settle(false));
    socket.once("close", () => settle(false));
    socket.once("data", (data) => settle(data.toString("latin1").startsWith("SSH-2.0-")));
  });
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
