import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Secrets } from "../config/load";
import { finding, verifyHost } from "../release/verify";
import { deployUser, type Host } from "./delivery";
import type { FormerOutputs } from "./formerOutputs";

/**
 * Asks a host that the last `up` brought up what it serves and how it differs from what was applied. The engine cannot know: it compares what it is told
 * with what it was told before.
 * @param declared digest of the release that this run declares
 * @param boot there once the host can be asked
 * @returns when the host was last found to differ; undefined for never; another value than before has it applied again. See docs/decisions/0019-up-asks-the-hosts.md.
 */
export function askHost(host: Host, declared: string, former: Promise<FormerOutputs>, boot: remote.Command, secrets: Secrets): pulumi.Output<string | undefined> {
  const known = former.then(({ hosts, release }) => ({ release, before: hosts.find(({ name }) => name === host.name) }));
  return pulumi.output(known).apply(({ release, before }): pulumi.Output<string | undefined> => {
    if (before === undefined) return pulumi.output(undefined);
    const asked = pulumi.all([host.address, host.hostKey, secrets.sshPrivateKey, boot.id]).apply(async ([address, hostKey, privateKey]) => {
      const last = before.appliedAgain;
      // Another machine has nothing yet that could differ.
      if (hostKey !== before.hostKey) return last;
      try {
        const found = finding(host.name, await verifyHost({ address, user: deployUser, hostKey }, privateKey), declared, release);
        if (found === null) return last;
        await pulumi.log.info(`${found}: ${pulumi.runtime.isDryRun() ? "up applies it again" : "it is applied again"}`);
        return new Date().toISOString();
      } catch (error) {
        await pulumi.log.warn(`${host.name} could not be asked what it serves (${(error as Error).message}), so it is taken as the last up left it`);
        return last;
      }
    });
    // The key that it logs in with marks the answer, too, which holds nothing of it.
    return pulumi.unsecret(asked);
  });
}
