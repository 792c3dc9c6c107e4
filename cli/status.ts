/** npm run status [-- STACK]: what is up, and how each host is. Exit status: 0 all is well, 1 something is not. */
import { run } from "../tools/setup/process";
import { answers } from "./answers";
import { withLogin } from "./hostLogin";
import { find } from "./reach";
import { fetchSite } from "./site";
import { isLocal } from "./stackFiles";
import { main, table, UsageError } from "./terminal";
import { whichStack } from "./whichStack";

main(async () => {
  const { stack, rest } = await whichStack();
  if (rest.length > 0) throw new UsageError(`npm run status -- [STACK], got "${rest.join(" ")}"`);
  const { pulumi, hosts, outputs } = await find(stack);
  const alive = new Set((await Promise.all(hosts.map(async (host) => ((await answers(host.address)) ? [host] : [])))).flat());
  let worst = outputs === null ? 1 : 0;
  if (outputs === null) {
    console.log(
      table([
        ["stack", stack],
        [
          "site",
          `none yet: the first up did not come to its end; npm run logs -- ${stack} deploy says what was done, npm run up -- ` +
            `${stack} goes on`,
        ],
      ]),
    );
  } else {
    // Nobody else answers for them, and to find that out takes ten seconds.
    const page = alive.size === 0 ? { ok: false, text: "not asked for: no host answers" } : await fetchSite(outputs.siteUrl);
    console.log(
      table([
        ["stack", stack],
        ["site", outputs.siteUrl],
        ["page", page.text],
        ["release", outputs.release],
      ]),
    );
    worst = page.ok ? 0 : 1;
  }
  const hint = isLocal(stack)
    ? `npm run up -- ${stack} starts it again, with its data`
    : `its provider says whether it runs; npm run up -- ${stack} --refresh makes it again where it is gone`;
  for (const host of hosts.filter((one) => !alive.has(one))) {
    console.log(`\n${host.name} (${host.address})\nDOES NOT ANSWER; ${hint}`);
    worst = 1;
  }
  if (alive.size === 0) return worst;
  return withLogin(pulumi, hosts, async (sshArguments) => {
    for (const host of alive) {
      console.log(`\n${host.name} (${host.address})`);
      worst = Math.max(worst, await run("ssh", [...sshArguments(host), "sudo hostctl status"]));
    }
    return worst;
  });
});
