import { capture } from "../tools/setup/process";
import { withLogin } from "./hostLogin";
import type { Pulumi } from "./pulumi";
import { fetchSite } from "./site";
import { readOutputs } from "./stack";

/** What visitors have of a stack whose `up` failed, in a line: asked of its hosts, since the state may be of before or after. */
export async function whatServes(pulumi: Pulumi): Promise<string> {
  const outputs = await readOutputs(pulumi).catch(() => null);
  if (outputs === null) return "nothing yet: the stack was not up before";
  const { hosts, siteUrl } = outputs;
  // It ends with 1 for a fault of a certificate or an alert that nobody has heard of, and says what serves all the same; ssh itself ends
  // with 255.
  const ask = "sudo hostctl status --json; true";
  const found = await withLogin(pulumi, hosts, (sshArguments) =>
    Promise.all(
      hosts.map((host) =>
        capture("ssh", [...sshArguments(host), ask])
          .then(servingOf)
          .catch(() => `${host.name} could not be asked`),
      ),
    ),
  );
  return `${[...new Set(found)].join(", ")}; the page: ${(await fetchSite(siteUrl)).text}`;
}

function servingOf(status: string): string {
  const { release } = JSON.parse(status) as { release: { serving: string | null } };
  return release.serving === null ? "no release" : `release ${release.serving} serves on`;
}
