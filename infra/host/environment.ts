import { databaseCaPath } from "../plan/endpoints";
import type { StackPlan } from "../plan/plan";

/** Settings that every app gets, beside its own and DATABASE_URL; hostctl adds SENTRY_RELEASE, which each slot has its own of. */
export function siteEnvironment({ spec, site }: StackPlan): Readonly<Record<string, string>> {
  return { ...spec.env, SITE_HOSTS: site.names.join(","), SITE_SCHEME: site.scheme, SENTRY_ENVIRONMENT: spec.stack };
}

/** Names of the environment whose values are no secrets; a pool is named only where the target has one. */
export function plainNames(plan: StackPlan): readonly string[] {
  return [...Object.keys(siteEnvironment(plan)), "DATABASE_POOL"].sort();
}

/** Where a database is and who logs in to it. */
export interface DatabasePlace {
  readonly user: string;
  readonly password: string;
  readonly host: string;
  readonly port: number;
  readonly name: string;
}

/**
 * How each engine's clients are told to check the server's certificate and its name. PostgreSQL's own words; PyMySQL's and other MySQL
 * drivers' `ssl_ca`, which the app and hostctl take to mean both.
 * https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 */
const checked = {
  postgres: { scheme: "postgresql", query: `sslmode=verify-full&sslrootcert=${databaseCaPath}` },
  mysql: { scheme: "mysql", query: `ssl_ca=${databaseCaPath}` },
} as const;

/** The one URL by which services, jobs and release steps reach the database, over TLS with the CA and the host name checked. */
export function databaseUrl(engine: keyof typeof checked, { user, password, host, port, name }: DatabasePlace): string {
  const { scheme, query } = checked[engine];
  return `${scheme}://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}/${name}?${query}`;
}
