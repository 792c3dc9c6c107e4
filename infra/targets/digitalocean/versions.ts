import * as pulumi from "@pulumi/pulumi";
import { supportedUntil } from "../../config/catalog/digitalocean";
import { ConfigError, type Problem } from "../../config/problems";
import type { ManagedDatabase, StackSpec } from "../../config/spec";
import { endedVersions, livingVersions, today } from "../ended";

type Wanted = Pick<ManagedDatabase, "engine" | "version">;

const lastDay = ({ engine, version }: Wanted, day: string): string | undefined =>
  endedVersions(supportedUntil[engine], day).find(([name]) => name === version)?.[1];

/**
 * What is wrong with the version of a first database. DigitalOcean's API tells when it makes no more clusters of a version (its
 * `end_of_availability`), which is not after its makers' last day. https://docs.digitalocean.com/reference/api/digitalocean/#tag/Databases
 */
export function endedVersion(wanted: Wanted, day: string): readonly Problem[] {
  const until = lastDay(wanted, day);
  if (until === undefined) return [];
  const { engine, version } = wanted;
  const living = livingVersions(supportedUntil[engine], day);
  const must = `must be ${living} for a new ${engine} on digitalocean: its makers mend ${version} no more since ${until}`;
  return [{ at: "database.version", must, got: version }];
}

/** What an `up` says of a database that is there; null while its version is mended. */
export function endedNotice(wanted: Wanted, day: string): string | null {
  const until = lastDay(wanted, day);
  if (until === undefined) return null;
  return (
    `database.version: ${wanted.version}, which its makers mend no more since ${until}; write ` +
    `${livingVersions(supportedUntil[wanted.engine], day)}, to which DigitalOcean upgrades it in place, with no way back`
  );
}

/**
 * The version in which a database is made, or goes on; says so where that is mended no more.
 * @param exists whether the stack had one at the last `up` that ended well
 * @throws ConfigError where none is made of it
 */
export function allowedVersion({ stack }: Pick<StackSpec, "stack">, wanted: Wanted, exists: boolean, day = today()): string {
  const problems = exists ? [] : endedVersion(wanted, day);
  if (problems.length > 0) throw new ConfigError(`Pulumi.${stack}.yaml`, problems);
  const notice = endedNotice(wanted, day);
  if (notice !== null) void pulumi.log.warn(notice);
  return wanted.version;
}
