import { spawn } from "node:child_process";
import { type Outcome, run } from "./stack";

/** A program that runs until it is stopped. */
export interface Running {
  /** Everything that it has printed so far. */
  said(): string;
  stop(): Promise<void>;
}

/** A computer on a stack's bridge that no rule knows: a network namespace with an address of its own. Needs root. */
export class Stranger {
  private constructor(private readonly name: string) {}

  /**
   * @param name of the namespace; a namespace that a killed run left behind under this name goes first
   * @param bridgeAddress the bridge's own, which tells the bridge
   * @param address in the bridge's /24, free
   */
  static async arrive(name: string, bridgeAddress: string, address: string): Promise<Stranger> {
    await run("ip", ["netns", "delete", name]);
    const script = `set -e
      bridge=$(ip -o -4 address show to ${bridgeAddress}/32 | cut -d ' ' -f 2)
      ip netns add ${name}
      ip -n ${name} link add eth0 type veth peer name str-$$ netns $$
      ip link set str-$$ master "$bridge" up
      ip -n ${name} address add ${address}/24 dev eth0
      ip -n ${name} link set eth0 up`;
    const { code, stderr } = await run("sh", ["-c", script]);
    if (code !== 0) throw new Error(stderr);
    return new Stranger(name);
  }

  /** Runs a command that sees the network as the stranger does. */
  run(...words: readonly string[]): Promise<Outcome> {
    return run("ip", ["netns", "exec", this.name, ...words]);
  }

  /** Starts a program that sees the network as the stranger does; it goes with this process, however that ends. */
  start(...words: readonly string[]): Running {
    const child = spawn("setpriv", ["--pdeathsig", "KILL", "ip", "netns", "exec", this.name, ...words], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
    return {
      said: () => said,
      stop: () => {
        child.kill("SIGKILL");
        return ended;
      },
    };
  }

  /** Open TCP ports by address, of all 65535. */
  async openPorts(...addresses: readonly string[]): Promise<Readonly<Record<string, readonly number[]>>> {
    const { code, stdout, stderr } = await this.run(
      "nmap",
      "-n",
      "-Pn",
      "-p-",
      "--min-rate",
      "8000",
      "--max-retries",
      "1",
      "-oG",
      "-",
      ...addresses,
    );
    if (code !== 0) throw new Error(`nmap ended with ${code}: ${stderr}`);
    const lines = stdout.split("\n").filter((line) => line.includes("Ports:"));
    return Object.fromEntries(
      lines.map((line) => [line.split(" ")[1] ?? "", [...line.matchAll(/(\d+)\/open\/tcp/g)].map((found) => Number(found[1]))]),
    );
  }

  async leave(): Promise<void> {
    await run("ip", ["netns", "delete", this.name]);
  }
}
