/** npm run logs [-- [SERVICE] [-f]]: the journal of the services on every host. STACK=prod chooses another stack. */
import { run } from "../tools/setup/process";
import { withLogin } from "./hostLogin";
import { journalCommand } from "./journal";
import { Pulumi } from "./pulumi";
import { readOutputs } from "./stack";
import { main } from "./terminal";

main(async () => {
  const words = process.argv.slice(2);
  const command = journalCommand(words.find((word) => !word.startsWith("-")), words.includes("-f"));
  const pulumi = new Pulumi(process.env["STACK"] ?? "local");
  await pulumi.require();
  const { hosts } = await readOutputs(pulumi);
  // All at once: with -f none of them ends.
  const statuses = await withLogin(pulumi, hosts, (sshArguments) =>
    Promise.all(hosts.map((host) => run("ssh", [...sshArguments(host), command]))),
  );
  return Math.max(...statuses);
});
