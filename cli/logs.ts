/** npm run logs [-- [SERVICE|JOB|deploy] [-f] [-n LINES]]: a log of every host. STACK=prod chooses another stack. */
import { run } from "../tools/setup/process";
import { withLogin } from "./hostLogin";
import { logCommand } from "./logCommand";
import { Pulumi } from "./pulumi";
import { readOutputs } from "./stack";
import { main } from "./terminal";

main(async () => {
  const command = logCommand(process.argv.slice(2));
  const pulumi = new Pulumi(process.env["STACK"] ?? "local");
  await pulumi.require();
  const { hosts } = await readOutputs(pulumi);
  // All at once: with -f none of them ends.
  const statuses = await withLogin(pulumi, hosts, (sshArguments) =>
    Promise.all(hosts.map((host) => run("ssh", [...sshArguments(host), command]))),
  );
  return Math.max(...statuses);
});
