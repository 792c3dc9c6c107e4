import { run } from "../../tools/setup/process";
import { withLogin } from "../hostLogin";
import type { Pulumi } from "../pulumi";
import type { HostOutput } from "../stack";

/** `hostctl rollback` with these words on each host in turn. Result: the exit status, of the first host that refuses. */
export function rollBack(pulumi: Pulumi, hosts: readonly HostOutput[], words: readonly string[]): Promise<number> {
  return withLogin(pulumi, hosts, async (sshArguments) => {
    for (const host of hosts) {
      const status = await run("ssh", [...sshArguments(host), ["sudo hostctl rollback", ...words].join(" ")]);
      if (status !== 0) return status;
    }
    return 0;
  });
}
