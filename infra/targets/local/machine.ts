import { Image, Machine, type Network } from "../../../providers/nspawn/resources";
import { userData } from "../../host/user-data";
import { physicalName } from "../../plan/names";
import type { StackPlan } from "../../plan/plan";
import type { Host } from "../delivery";

interface Size {
  readonly memoryMiB: number;
  readonly cpus: number;
}

/** Debian 12's name. */
const suite = "bookworm";

/** A machine of this box with the packages of its role already in its image. */
export function localMachine(
  plan: StackPlan,
  network: Network,
  name: string,
  address: string,
  packages: readonly string[],
  size: Size,
  sshPublicKey: string,
): Host {
  const image = new Image(`${name}-image`, { suite, packages });
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
