/**
 * Passes when every page answers 200 on one machine, asked by the site's name through the machine's own public address. Run by the engine
 * through targets/bringUp.ts:
 *   ADDRESS  the machine's own; with a port where it is not the scheme's
 *   SITE     {"scheme", "name", "paths"}
 *   SECONDS  for each page
 */
import { request as askHttp } from "node:http";
import { request as askHttps } from "node:https";
import { failing, retry } from "./retry";

interface Site {
  readonly scheme: "http" | "https";
  readonly name: string;
  readonly paths: readonly string[];
}

function status(address: string, { scheme, name }: Site, path: string): Promise<number> {
  const { hostname, port } = new URL(`${scheme}://${address}`);
  const options = { host: hostname, ...(port === "" ? {} : { port }), path, headers: { Host: name }, timeout: 10_000, agent: false };
  return new Promise((resolve, reject) => {
    const asked =
      scheme === "http"
        ? askHttp(options)
        : // Before the site's name leads here, the first host has a certificate that it signed itself.
          askHttps({ ...options, servername: name, rejectUnauthorized: false });
    asked
      .on("response", (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
      .on("timeout", () => asked.destroy(new Error("no answer within 10 s")))
      .on("error", reject)
      .end();
  });
}

async function main(): Promise<void> {
  const address = process.env.ADDRESS ?? "";
  const seconds = Number(process.env.SECONDS);
  const site = JSON.parse(process.env.SITE ?? "null") as Site;
  for (const path of site.paths) {
    const page = `${site.scheme}://${site.name}${path}`;
    try {
      await retry(seconds, async () => {
        const got = await status(address, site, path);
        if (got !== 200) throw new Error(`it answered ${got}`);
      });
    } catch (error) {
      throw new Error(
        `the gate stays closed: ${page} did not answer 200 on ${address} within ${seconds} s (${(error as Error).message}); the ` +
          "site's address was not moved",
        { cause: error },
      );
    }
    process.stdout.write(`${page} answers 200 on ${address}\n`);
  }
}

main().catch(failing);
