/**
 * npm run logs [-- [STACK] [SERVICE|JOB|deploy] [-f] [-n LINES]]: a log of every host: its last 50 lines, of the deployments the last one.
 */
import { run } from "../tools/setup/process";
import { withLogin } from "./hostLogin";
import { logCommand } from "./logCommand";
import { find } from "./reach";
import { main } from "./terminal";
import { whichStack } from "./whichStack";

main(async () => {
  const { stack, rest } = await whichStack("words");
  const command = logCommand(rest);
  const { pulumi, hosts } = await find(stack);
  // All at once: with -f none of them ends.
  const statuses = await withLogin(pulumi, hosts, (sshArguments) =>
    Promise.all(hosts.map((host) => run("ssh", [...sshArguments(host), command]))),
  );
  return Math.max(...statuses);
});
