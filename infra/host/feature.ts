import type { HostPlan, StackPlan } from "../plan/plan";
import type { ManifestCheck, ManifestFile } from "./manifest";

/** What a host has for one reason; nothing where it does without. */
export type Feature = (plan: StackPlan, host: HostPlan) => Part;

/** A feature's share of a host. */
export interface Part {
  /** Debian packages. */
  readonly packages?: readonly string[];
  readonly files?: readonly ManifestFile[];
  readonly checks?: readonly ManifestCheck[];
  /** Enabled and running. */
  readonly units?: readonly string[];
}

/** The shares of a host in their order, which is the one in which checks run and units start; packages by name, once each. */
export function joined(parts: readonly Part[]): Required<Part> {
  return {
    packages: [...new Set(parts.flatMap(({ packages = [] }) => packages))].sort(),
    files: parts.flatMap(({ files = [] }) => files),
    checks: parts.flatMap(({ checks = [] }) => checks),
    units: parts.flatMap(({ units = [] }) => units),
  };
}
