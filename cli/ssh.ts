/**
 * npm run ssh [-- [STACK] [HOST [COMMAND...]]]: a shell on a host of the stack, or one command. One word is a line of shell, several are
 * the words of a command.
 */
import { run } from "../tools/setup/process";
import { chooseHost, terminalWord, withLogin } from "./hostLogin";
import { find } from "./reach";
import { shellLine } from "./shellWords";
import { main } from "./terminal";
import { whichStack } from "./whichStack";

main(async () => {
  const { stack, rest } = await whichStack("words");
  const { pulumi, hosts } = await find(stack);
  const [name, ...command] = rest;
  const host = chooseHost(hosts, name, stack);
  return withLogin(pulumi, hosts, (sshArguments) =>
    run("ssh", command.length === 0 ? sshArguments(host) : [...terminalWord(), ...sshArguments(host), shellLine(command)]),
  );
});
