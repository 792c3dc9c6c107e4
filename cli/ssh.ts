/** npm run ssh [-- HOST [COMMAND...]]: a shell on a host of the stack, or one command. STACK=prod chooses another stack. */
import { setUp } from "../tools/setup";
import { run } from "../tools/setup/process";
import { chooseHost, withLogin } from "./hostLogin";
import { Pulumi } from "./pulumi";
import { readOutputs } from "./stack";
import { main } from "./terminal";

main(async () => {
  const [name, ...command] = process.argv.slice(2);
  await setUp();
  const pulumi = new Pulumi(process.env["STACK"] ?? "local");
  await pulumi.require();
  const { hosts } = await readOutputs(pulumi);
  const host = chooseHost(hosts, name);
  return withLogin(pulumi, hosts, (sshArguments) => run("ssh", [...sshArguments(host), ...command]));
});
