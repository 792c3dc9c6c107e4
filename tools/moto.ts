import { type ChildProcess, spawn } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { venv } from "./setup/venv";

/** AWS's own API, answered from memory: S3, EC2, RDS and more. https://docs.getmoto.org/en/latest/docs/server_mode.html */
const { find, step } = venv("moto", "Moto", "moto, which plays AWS for tests, is");

/** Installed from PyPI, for tests of what we ask of AWS and of S3. */
export const moto = step;

/** Python that has boto3, AWS's SDK. @throws when set-up has not installed it. */
export const findBoto = (): string => find("python");

/** Moto while it runs. */
export interface Moto {
  /** "http://127.0.0.1:PORT"; any access key and any secret key log in. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts a server of its own on a free port of `address` and waits until it answers. What it holds is gone when it stops. `env` has its
 * settings: https://docs.getmoto.org/en/latest/docs/configuration/environment_variables.html
 * @throws when set-up has not installed it, or when it does not answer within a minute.
 */
export async function startMoto(address = "127.0.0.1", env: Readonly<Record<string, string>> = {}): Promise<Moto> {
  const port = await freePort(address);
  const server = spawn(find("python"), ["-m", "moto.server", "--host", address, "--port", String(port)], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...env },
  });
  let said = "";
  server.stderr.on("data", (data: Buffer) => (said = (said + data.toString()).slice(-4000)));
  const url = `http://${address}:${port}`;
  const deadline = Date.now() + 60_000;
  while (!(await answers(url))) {
    if (server.exitCode !== null || Date.now() > deadline) {
      await stopped(server);
      throw new Error(`moto does not answer at ${url}\n${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return { url, stop: () => stopped(server) };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/moto-api/data.json`)).ok;
  } catch {
    return false;
  }
}

function stopped(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    server.once("exit", () => resolve());
    server.kill("SIGKILL");
  });
}

function freePort(address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, address, () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
