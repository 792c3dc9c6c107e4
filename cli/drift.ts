/**
 * npm run drift [-- STACK] [--json]: what is not as declared, in the target and on the hosts. Adopts nothing and changes nothing.
 * Exit status: 0 nothing, 3 something, 1 it could not be found out.
 */
import { capture } from "../tools/setup/process";
import { hostDifferences, previewDifferences, report, type Difference } from "./drift/difference";
import { withLogin } from "./hostLogin";
import { reach } from "./reach";
import { main, UsageError } from "./terminal";
import { whichStack } from "./whichStack";

main(async () => {
  const { stack, rest } = await whichStack();
  const unknown = rest.find((word) => word !== "--json");
  if (unknown !== undefined) throw new UsageError(`npm run drift -- [STACK] [--json], got "${unknown}"`);
  const { pulumi, hosts } = await reach(stack);
  const resources = previewDifferences(await pulumi.capture(["preview", "--refresh", "--json"]));
  const onHosts = await withLogin(pulumi, hosts, (sshArguments) =>
    Promise.all(
      hosts.map(async (host): Promise<readonly Difference[]> => {
        // 3 means differences, which are no failure of the command.
        const verify = "sudo hostctl verify --json || test $? -eq 3";
        return hostDifferences(host.name, await capture("ssh", [...sshArguments(host), verify]));
      }),
    ),
  );
  const differences = [...resources, ...onHosts.flat()];
  console.log(rest.includes("--json") ? JSON.stringify({ stack, differences }, null, 1) : report(stack, differences));
  return differences.length === 0 ? 0 : 3;
});
