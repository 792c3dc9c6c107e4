import { Image, Machine, type Network } from "../../../providers/nspawn/resources";
import { backupPackages, rolePackages } from "../../host/packages";
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
  web: { suite: "bookworm", packages: [...rolePackages.web, ...backupPackages].sort() },
  database: { suite: "bookworm", packages: rolePackages.postgres },
  backup: { suite: "bookworm", packages: rolePackages.backup },
} as const;

/** A machine of this box with the packages of its role already in its image. */
export function localMachine(
  plan: StackPlan,
  network: Network,
  name: string,
  address: string,
  role: keyof typeof imageRecipes,
  size: Size,
  sshPublicKey: string,
): Host {
  const image = new Image(`${name}-image`, imageRecipes[role]);
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
