import type { Recipe } from "../../../providers/nspawn/image";
import { Image, Machine, type Network } from "../../../providers/nspawn/resources";
import { type DebianName, debians } from "../../config/catalog/debian";
import type { DatabaseSpec } from "../../config/spec";
import { backupMachinePackages, databasePackages, webImagePackages } from "../../host/packages";
import { userData } from "../../host/user-data";
import { physicalName } from "../../plan/names";
import type { StackPlan } from "../../plan/plan";
import type { Host } from "../delivery";

interface Size {
  readonly memoryMiB: number;
  readonly cpus: number;
}

type Engine = Extract<DatabaseSpec, { kind: "managed" }>["engine"];

/** What a machine that serves starts from: any stack's packages but those of its own. */
export const webImage = (debian: DebianName, engine: Engine): Recipe => ({ suite: debians[debian].suite, packages: webImagePackages(engine, debian) });

/** What a machine that is a database starts from. */
export const databaseImage = (debian: DebianName, engine: Engine): Recipe => ({ suite: debians[debian].suite, packages: databasePackages(engine, debian) });

/** What a machine that keeps backups starts from. */
export const backupImage = (debian: DebianName): Recipe => ({ suite: debians[debian].suite, packages: backupMachinePackages });

/** A machine of this box with the packages of its role already in its image. */
export function localMachine(
  plan: StackPlan,
  network: Network,
  name: string,
  address: string,
  recipe: Recipe,
  size: Size,
  sshPublicKey: string,
  keepsData = false,
): Host {
  const image = new Image(`${name}-image`, recipe);
  const machine = new Machine(name, {
    name: physicalName("host", plan.labels.project, plan.labels.stack, name),
    suite: image.suite,
    image: image.path,
    bridge: network.bridge,
    gateway: network.gateway,
    range: network.range,
    address,
    userData: userData(sshPublicKey, plan.spec.host.debian),
    memoryMiB: size.memoryMiB,
    cpus: size.cpus,
    keepsData,
  });
  return { name, address: machine.address, hostKey: machine.hostKey, machine };
}
