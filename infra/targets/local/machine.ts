import { Image, Machine, type Network } from "../../../providers/nspawn/resources";
import type { StackSpec } from "../../config/spec";
import { acmeClient, backupPackages, rolePackages } from "../../host/packages";
import { userData } from "../../host/user-data";
import { physicalName } from "../../plan/names";
import type { StackPlan } from "../../plan/plan";
import type { Host } from "../delivery";

interface Size {
  readonly memoryMiB: number;
  readonly cpus: number;
}

/** What each kind of machine starts from: Debian 12 with the packages of its role. */
export const imageRecipes = {
  web: { suite: "bookworm", packages: [...rolePackages.web, ...acmeClient, ...backupPackages("postgres")].sort() },
  database: { suite: "bookworm", packages: rolePackages.postgres },
  backup: { suite: "bookworm", packages: rolePackages.backup },
} as const;

/** Those of stacks with MySQL; the first such stack has them made. */
export const mysqlImageRecipes = {
  "web-mysql": { suite: "bookworm", packages: [...rolePackages.web, ...acmeClient, ...backupPackages("mysql")].sort() },
  "database-mysql": { suite: "bookworm", packages: rolePackages.mysql },
} as const;

const recipes = { ...imageRecipes, ...mysqlImageRecipes };

/** Images of machines that are a database. */
export const databaseImages = { postgres: "database", mysql: "database-mysql" } as const;

/** Image of the machine that serves. */
export function webImage({ database }: StackSpec): "web" | "web-mysql" {
  return database.kind === "managed" && database.engine === "mysql" ? "web-mysql" : "web";
}

/** A machine of this box with the packages of its role already in its image. */
export function localMachine(
  plan: StackPlan,
  network: Network,
  name: string,
  address: string,
  role: keyof typeof recipes,
  size: Size,
  sshPublicKey: string,
): Host {
  const image = new Image(`${name}-image`, recipes[role]);
  const machine = new Machine(name, {
    name: physicalName("host", plan.labels.project, plan.labels.stack, name),
    suite: image.suite,
    image: image.path,
    bridge: network.bridge,
    gateway: network.gateway,
    range: network.range,
    address,
    userData: userData(sshPublicKey),
    memoryMiB: size.memoryMiB,
    cpus: size.cpus,
  });
  return { name, address: machine.address, hostKey: machine.hostKey, machine };
}
