import { backupHours, backupsKept, databases, droplets, recoveryDays, regions, withoutStandby } from "../../config/catalog/digitalocean";
import { debianNames, isDebian } from "../../config/catalog/debian";
import type { Problem } from "../../config/problems";
import { isOwnImage } from "../../config/targets";
import type { StackPlan } from "../../plan/plan";
import type { Known } from "../target";

const table = "infra/config/catalog/digitalocean.ts";
const oneOf = (names: readonly string[]): string => `must be one of ${names.join(", ")}`;

interface Rule extends Problem {
  readonly broken: boolean;
}

/** What a stack may ask for that DigitalOcean does not have, by the dated table of the catalog; and the access that the provider needs. */
export function check(plan: StackPlan, { providerSettings = [] }: Known = {}): readonly Problem[] {
  const { host, site, backup, network, access } = plan.spec;
  const { every, hour, keep } = host.snapshots;
  const kept = every === "never" ? keep : backupsKept[every];
  const region = regions[host.region];
  const rules: readonly Rule[] = [
    {
      at: "host.image",
      broken: !isDebian(host.image) && !isOwnImage("digitalocean", host.image),
      must: `${oneOf(debianNames)}, or the number of an image that was made of a host of this stack`,
      got: host.image,
      hint: "doctl compute image list-user names them",
    },
    {
      at: "host.size",
      broken: !Object.hasOwn(droplets, host.size),
      must: oneOf(Object.keys(droplets)),
      got: host.size,
      hint: `a newer size is a line in ${table}`,
    },
    { at: "host.region", broken: region === undefined, must: oneOf(Object.keys(regions)), got: host.region },
    {
      at: "host.region",
      broken: backup.enabled && region?.spaces === false,
      must: "must be a region with Spaces, which keep the backups",
      got: host.region,
      hint: oneOf(Object.keys(regions).filter((name) => regions[name]?.spaces === true)).replace("must be", "take"),
    },
    {
      at: "host.snapshots.hour",
      broken: every !== "never" && !backupHours.includes(hour),
      must: oneOf(backupHours.map(String)),
      got: hour,
    },
    {
      at: "host.snapshots.keep",
      broken: keep !== kept,
      must: `must be ${kept}, which DigitalOcean keeps of images made each ${every}`,
      got: keep,
      hint: "leave it out",
    },
    {
      at: "site.domain",
      broken: site.domain === "",
      must: "must be set when target is digitalocean, which gives the address only when the host is being made",
      got: site.domain,
      hint: "a name below a domain that you own, such as www.example.com",
    },
    { at: "network.nat", broken: network.nat !== "none", must: 'must be "none" when target is digitalocean', got: network.nat },
    { at: "network.flowLogs", broken: network.flowLogs, must: "must be false when target is digitalocean", got: true },
    {
      at: "access.sessions",
      broken: access.sessions,
      must: "must be false when target is digitalocean",
      got: true,
      hint: "log in with SSH",
    },
    ...databaseRules(plan),
  ];
  const broken = rules
    .filter((rule) => rule.broken)
    .map(({ at, must, got, hint }) => ({ at, must, ...(got === undefined ? {} : { got }), ...(hint === undefined ? {} : { hint }) }));
  return [...broken, ...checkAccess(plan, { ...inStackFile(providerSettings), ...process.env })];
}

function databaseRules({ database }: StackPlan): readonly Rule[] {
  if (database.kind !== "managed") return [];
  const { storageGiB, storageLimitGiB } = database;
  return [
    {
      at: "database.size",
      broken: !Object.hasOwn(databases, database.size),
      must: oneOf(Object.keys(databases)),
      got: database.size,
      hint: `a newer size is a line in ${table}`,
    },
    {
      at: "database.standby",
      broken: database.standby && database.size === withoutStandby,
      must: `must be false for ${withoutStandby}`,
      got: true,
      hint: "take db-s-1vcpu-2gb or larger",
    },
    // https://docs.digitalocean.com/reference/doctl/reference/databases/storage-autoscale/update/
    {
      at: "database.storageLimitGiB",
      broken: ![storageGiB, 2 * storageGiB].includes(storageLimitGiB),
      must:
        `must be storageGiB, ${storageGiB}, or be left out when target is digitalocean, which enlarges a disk without a limit or not ` +
        "at all",
      got: storageLimitGiB,
    },
    {
      at: "database.keepDays",
      broken: database.keepDays !== recoveryDays,
      must: `must be ${recoveryDays}, which DigitalOcean keeps`,
      got: database.keepDays,
      hint: "leave it out",
    },
  ];
}

/**
 * Of the provider's own settings those that the stack's file has, by the names that they have in the environment. What they hold, the cloud
 * says. https://www.pulumi.com/registry/packages/digitalocean/installation-configuration/
 */
function inStackFile(settings: readonly string[]): Readonly<Record<string, string>> {
  const names = {
    "digitalocean:token": "DIGITALOCEAN_TOKEN",
    "digitalocean:spacesAccessId": "SPACES_ACCESS_KEY_ID",
    "digitalocean:spacesSecretKey": "SPACES_SECRET_ACCESS_KEY",
  };
  return Object.fromEntries(Object.entries(names).flatMap(([setting, name]) => (settings.includes(setting) ? [[name, setting]] : [])));
}

/** The provider finds its access in the environment; without it, the first resource fails in words that name neither. */
export function checkAccess({ spec }: StackPlan, environment: Readonly<Record<string, string | undefined>>): readonly Problem[] {
  const lacks = (...names: readonly string[]) => names.every((name) => (environment[name] ?? "") === "");
  const problems: Problem[] = [];
  if (lacks("DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN")) {
    problems.push({
      at: "target",
      ofBox: true,
      must: "must find DIGITALOCEAN_TOKEN in the environment when it is digitalocean",
      hint: "make a token at https://cloud.digitalocean.com/account/api/tokens and export it",
    });
  }
  if (spec.backup.enabled && (lacks("SPACES_ACCESS_KEY_ID") || lacks("SPACES_SECRET_ACCESS_KEY"))) {
    problems.push({
      at: "backup.enabled",
      ofBox: true,
      must: "must find SPACES_ACCESS_KEY_ID and SPACES_SECRET_ACCESS_KEY in the environment, to make the bucket for backups",
      hint: "make a key with all permissions at https://cloud.digitalocean.com/spaces/access_keys and export both",
    });
  }
  return problems;
}
