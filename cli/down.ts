/** npm run down [-- STACK [PULUMI-OPTION...]]: deletes what the stack made. Asks before it does, except for a local stack. */
import { Pulumi } from "./pulumi";
import { readConfig } from "./stack";
import { main, stackAndRest } from "./terminal";

main(async () => {
  const { stack, rest } = stackAndRest();
  const pulumi = new Pulumi(stack);
  await pulumi.require();
  const local = (await readConfig(pulumi)).target === "local";
  const status = await pulumi.run(["destroy", ...(local ? ["--yes", "--skip-preview"] : []), ...rest]);
  if (status !== 0) {
    console.error(`webstack: stack ${stack} is not down: pulumi ended with status ${status}; the lines above say why`);
    return status;
  }
  console.log(
    `\nStack ${stack} is down: its machines, network and data are gone. Its settings and secrets are kept in Pulumi.${stack}.yaml;` +
      ` npm run up -- ${stack} makes it anew.\n`,
  );
  return 0;
});
