import type * as pulumi from "@pulumi/pulumi";
import type { Recipe } from "../../../providers/nspawn/image";
import { Image, Machine, type Network } from "../../../providers/nspawn/resources";
import { type DebianName, debians } from "../../config/catalog/debian";
import type { ManagedDatabase } from "../../config/spec";
import { backupImagePackages, databaseImagePackages, webImagePackages } from "../../host/images";
import { userData } from "../../host/user-data";
import type { HostPlan, StackPlan } from "../../plan/plan";
import type { Host } from "../delivery";
import { machineName } from "./names";

interface Size {
  readonly memoryMiB: number;
  readonly cpus: number;
}

type Engine = ManagedDatabase["engine"];

/** What a machine that serves starts from: any stack's packages but those of its own. */
export const webImage = (debian: DebianName, engine: Engine): Recipe => ({
  suite: debians[debian].suite,
  packages: webImagePackages(engine, debian),
});

/** What a machine that is a database starts from. */
export const databaseImage = (debian: DebianName, engine: Engine): Recipe => ({
  suite: debians[debian].suite,
  packages: databaseImagePackages(engine, debian),
});

/** What a machine that keeps backups starts from. */
export const backupImage = (debian: DebianName): Recipe => ({ suite: debians[debian].suite, packages: backupImagePackages });

/** What a machine of a stack starts from; the client of no database is PostgreSQL's. */
export function imageOf({ database }: Pick<StackPlan, "database">, { role, debian }: Pick<HostPlan, "role" | "debian">): Recipe {
  const engine = database.kind === "none" ? "postgres" : database.engine;
  switch (role) {
    case "web":
      return webImage(debian, engine);
    case "database":
      return databaseImage(debian, engine);
    case "backup":
      return backupImage(debian);
  }
}

/** What a machine of this box is, beyond its stack's network and key. */
export interface LocalMachine extends Size, Pick<HostPlan, "role" | "debian"> {
  /** Identity of its resources. */
  readonly name: string;
  readonly address: string;
  /** Whether its disk holds what exists nowhere else. */
  readonly keepsData: boolean;
}

/**
 * A machine of this box with the packages of its role already in its image. `allowed`: what must hold before it is made, or made anew,
 * which takes the old one away first.
 */
export function localMachine(
  plan: StackPlan,
  network: Network,
  { name, role, address, debian, keepsData, memoryMiB, cpus }: LocalMachine,
  sshPublicKey: string,
  allowed: Promise<unknown> = Promise.resolve(),
): Host {
  const image = new Image(`${name}-image`, imageOf(plan, { role, debian }));
  const dependsOn = allowed.then(() => new Array<pulumi.Resource>());
  const machine = new Machine(
    name,
    {
      name: machineName(plan, name),
      suite: image.suite,
      image: image.path,
      bridge: network.bridge,
      gateway: network.gateway,
      range: network.range,
      address,
      userData: userData(sshPublicKey, debian),
      memoryMiB,
      cpus,
      keepsData,
    },
    // Read at the first boot alone: a machine that keeps data goes on as it began. Whether it lets the stack in is for kept.ts to say.
    { dependsOn, ...(keepsData ? { ignoreChanges: ["userData"] } : {}) },
  );
  return { name, address: machine.address, hostKey: machine.hostKey, machine };
}

/** A machine that a run before has made and that the site has left: as it was, but off. */
export function machineKeptOff(plan: StackPlan, network: Network, name: string, address: string): Machine {
  return new Machine(
    name,
    {
      name: machineName(plan, name),
      suite: "",
      image: "",
      bridge: network.bridge,
      gateway: network.gateway,
      range: network.range,
      address,
      userData: "",
      memoryMiB: 128,
      cpus: 1,
      keepsData: true,
      runs: false,
    },
    // Of what it was made from nothing is declared any more.
    { ignoreChanges: ["suite", "image", "userData", "memoryMiB", "cpus"] },
  );
}
