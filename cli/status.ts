/** npm run status [-- STACK]: what is up, and how each host is. */
import { run } from "../tools/setup/process";
import { withLogin } from "./hostLogin";
import { reach } from "./reach";
import { fetchSite } from "./site";
import { main, table } from "./terminal";
import { whichStack } from "./whichStack";

main(async () => {
  const { stack } = await whichStack();
  const { pulumi, siteUrl, hosts, release } = await reach(stack);
  const page = await fetchSite(siteUrl);
  const lines: (readonly [string, string])[] = [
    ["stack", stack],
    ["site", siteUrl],
    ["page", page.text],
    ["release", release],
  ];
  console.log(table(lines));
  return withLogin(pulumi, hosts, async (sshArguments) => {
    let worst = page.ok ? 0 : 1;
    for (const host of hosts) {
      console.log(`\n${host.name} (${host.address})`);
      worst = Math.max(worst, await run("ssh", [...sshArguments(host), "sudo hostctl status"]));
    }
    return worst;
  });
});
