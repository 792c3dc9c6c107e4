import type { InputChange } from "./graph";
import type { Consequence } from "./verdict";

type Told = string | ((change: InputChange) => Consequence);

/** Inputs whose change leaves the resource in place and interrupts it, with what happens, by type. */
const interruptions: Readonly<Record<string, Readonly<Record<string, Told>>>> = {
  // https://docs.digitalocean.com/products/droplets/how-to/resize/
  "digitalocean:index/droplet:Droplet": { size: "it is switched off for its resize, some minutes" },
  // https://docs.digitalocean.com/products/databases/postgresql/how-to/resize/
  "digitalocean:index/databaseCluster:DatabaseCluster": {
    size: "its nodes are exchanged, and connections break for some seconds at the switch",
    nodeCount: "its nodes are exchanged, and connections break for some seconds at the switch",
    version: "it is upgraded in place, connections break meanwhile, and there is no way back",
    region: "it moves, and connections break at the switch",
  },
  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-resize.html
  "aws:ec2/instance:Instance": { instanceType: "it is stopped and started with its new size", userData: "it is stopped and started" },
  // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.DBInstance.Modifying.html
  "aws:rds/instance:Instance": {
    instanceClass: "it restarts with its new size: minutes, or a failover where it has a standby",
    engineVersion: rdsVersion,
  },
};

/** What an update of that input interrupts; undefined where nothing does. */
export function interruptionOf(type: string, change: InputChange): Consequence | undefined {
  const told = interruptions[type]?.[change.input];
  return typeof told === "string" ? { level: "downtime", says: told } : told?.(change);
}

/**
 * RDS takes a snapshot before a major upgrade, is away for all of it, a standby included, and goes to no lower version.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.PostgreSQL.MajorVersion.html
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.MySQL.Major.html
 */
function rdsVersion({ from, to }: InputChange): Consequence {
  const [old, now] = [from, to].map((text) => Number(/[\d.]+/.exec(text ?? "")?.[0]));
  if (old !== undefined && now !== undefined && now < old)
    return {
      level: "refused",
      says: `RDS goes from version ${old} to no lower one: make a database of version ${now} in a stack of its own and bring a dump there`,
    };
  return {
    level: "downtime",
    says:
      "it is upgraded in place: RDS checks it first and refuses what it finds unfit, takes a snapshot, and is away for minutes, its " +
      "standby too; the way back is that snapshot, by database.restore",
  };
}
