import type { Client, ClientChannel } from "ssh2";
import type { SshHost } from "./ssh";
import { retry } from "./retry";

/** What a host says of itself. */
export interface HostState {
  /** Digest of the release that serves; null when none does. */
  readonly serving: string | null;
  /** How it differs from the manifest applied last, one line each, in hostctl's words. */
  readonly differences: readonly string[];
}

/** For the answer, the rest of a boot included. */
const answerSeconds = 90;

// A machine that was just started has its services only when its boot is over.
const command = "timeout 60 systemctl is-system-running --wait > /dev/null; sudo hostctl verify --json";

/**
 * Asks a host what it serves and how it differs from what was applied last. Changes nothing there. A host whose hostctl does not work
 * differs by that.
 * @param seconds for the login
 * @throws when it does not answer SSH, or not in time
 */
export async function verifyHost(host: SshHost, privateKey: string, seconds: number): Promise<HostState> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports, @typescript-eslint/consistent-type-imports -- ssh2 takes a fifth of a second to load; the engine works meanwhile
  const { connected, execute } = require("./ssh") as typeof import("./ssh");
  const login = () => connected(host, privateKey, async (client) => ask(client, await execute(client, command)), seconds);
  // A machine that boots answers SSH for a moment in which it lets nobody in, see pam_nologin(8).
  return retry(seconds, login, (error) => (error as { level?: string }).level !== "client-authentication");
}

async function ask(client: Client, channel: ClientChannel): Promise<HostState> {
  const said = { stdout: "", stderr: "" };
  channel.on("data", (bytes: Buffer) => (said.stdout += bytes.toString()));
  channel.stderr.on("data", (bytes: Buffer) => (said.stderr += bytes.toString()));
  const code = await new Promise<number | undefined>((resolve) => {
    const late = setTimeout(() => client.destroy(), answerSeconds * 1000);
    channel.on("close", (status: number | undefined) => {
      clearTimeout(late);
      resolve(status);
    });
  });
  if (code === undefined) throw new Error(`the connection ended before hostctl verify did, within ${answerSeconds} s`);
  return readState(code, said.stdout, said.stderr);
}

/** Reads an answer of `hostctl verify --json`: 0 as declared, 3 with differences. */
export function readState(code: number, stdout: string, stderr: string): HostState {
  if (code !== 0 && code !== 3)
    return { serving: null, differences: [`hostctl verify ended with ${code}: ${stderr.trim().split("\n").at(-1) ?? ""}`] };
  const { serving, differences } = JSON.parse(stdout) as { serving?: string | null; differences: readonly string[] };
  return { serving: serving ?? null, differences };
}

/**
 * What people are told of a host that is not as the last `up` left it; null when it is.
 * @param declared digest of the release that this run declares
 * @param applied digest of the one that the last `up` ended with
 */
export function finding(name: string, { serving, differences }: HostState, declared: string, applied: string): string | null {
  // Also where the host itself finds no fault: `hostctl release` and `hostctl update` declare what they bring.
  if (serving !== null && serving !== declared && serving !== applied)
    return `${name} serves release ${serving}, not the declared ${declared}`;
  const [first, ...others] = differences;
  if (first === undefined) return null;
  return `${name} is no longer as it was applied (${first}${others.length === 0 ? "" : `, and ${others.length} more`})`;
}
