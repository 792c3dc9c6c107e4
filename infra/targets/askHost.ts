import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Secrets } from "../config/load";
import { finding, verifyHost } from "../release/verify";
import { deployUser, type Host } from "./delivery";
import type { FormerOutputs } from "./formerOutputs";

/** For the login. Whoever makes a preview may have no way to the host, and is not kept waiting for it. */
const [firstSeconds, secondSeconds] = [2, 10];

/** What a host is asked with. */
export interface Asking {
  /** Digest of the release that this run declares. */
  readonly declared: string;
  /** What the last `up` left. */
  readonly former: Promise<FormerOutputs>;
  /** There once the host can be asked. */
  readonly boot: remote.Command;
  readonly secrets: Secrets;
}

/**
 * Asks a host that the last `up` brought up what it serves and how it differs from what was applied. The engine cannot know: it compares
 * what it is told with what it was told before. The question goes out at once, to where the host was, so that the answer is there when the
 * engine comes to it; a machine that is away is asked again after its own step, which may have brought it back.
 * @returns when the host was last found to differ; undefined for never; another value than before has it applied again. See
 *   docs/decisions/0019-up-asks-the-hosts.md.
 */
export function askHost(host: Host, { declared, former, boot, secrets }: Asking): pulumi.Output<string | undefined> {
  const known = former.then(({ hosts, release }) => ({ release, before: hosts.find(({ name }) => name === host.name) }));
  const asked = pulumi.all([known, secrets.sshPrivateKey]).apply(([{ release, before }, privateKey]): pulumi.Output<string | undefined> => {
    if (before === undefined) return pulumi.output(undefined);
    const ask = (address: string, seconds: number) =>
      verifyHost({ address, user: deployUser, hostKey: before.hostKey }, privateKey, seconds);
    const early = ask(before.address, firstSeconds).catch(() => null);
    return pulumi.all([host.address, host.hostKey, boot.id]).apply(async ([address, hostKey]) => {
      const last = before.appliedAgain;
      // Another machine has nothing yet that could differ.
      if (hostKey !== before.hostKey) return last;
      try {
        const found = finding(host.name, (await early) ?? (await ask(address, secondSeconds)), declared, release);
        if (found === null) return last;
        await pulumi.log.info(`${found}: ${pulumi.runtime.isDryRun() ? "up applies it again" : "it is applied again"}`);
        return new Date().toISOString();
      } catch (error) {
        await pulumi.log.warn(
          `${host.name} could not be asked what it serves (${(error as Error).message}), so it is taken as the last up left it`,
        );
        return last;
      }
    });
  });
  // The key that it logs in with marks the answer, too, which holds nothing of it.
  return pulumi.unsecret(asked);
}
