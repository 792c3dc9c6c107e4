import type { DebianName } from "../config/catalog/debian";
import type { ManagedDatabase } from "../config/spec";
import { backupProgram } from "./features/backup";
import { acmeClient } from "./features/certificate";
import { databaseClientPackage } from "./features/databaseClient";
import { databaseServerPackages } from "./features/databaseServer";
import { firewallPackages } from "./features/firewall";
import { hardeningPackages } from "./features/hardening";
import { hostctlPackages } from "./features/hostctl";
import { monitoringPackages } from "./features/monitoring";
import { nginxPackages } from "./features/nginx";
import { runtimePackages } from "./features/services";

type Engine = ManagedDatabase["engine"];

const every = [...hardeningPackages, ...firewallPackages, ...hostctlPackages];

// Where the target makes its images itself, a machine starts with what any stack with this engine and nothing of its own needs of its role.
// The first bundle installs the rest, such as the packages that an app asks for; elsewhere it installs all.

/** Debian packages in the image of a machine that keeps backups. */
export const backupImagePackages: readonly string[] = every;

/** In that of a machine that is a database. */
export const databaseImagePackages = (engine: Engine, debian: DebianName): readonly string[] =>
  sorted([...every, ...databaseServerPackages(engine, debian)]);

/** In that of a host that serves the site. */
export const webImagePackages = (engine: Engine, debian: DebianName): readonly string[] =>
  sorted([
    ...every,
    ...nginxPackages,
    ...runtimePackages,
    ...monitoringPackages,
    acmeClient,
    databaseClientPackage(engine, debian),
    backupProgram,
  ]);

const sorted = (packages: readonly string[]): readonly string[] => [...new Set(packages)].sort();
