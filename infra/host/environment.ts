import type { StackPlan } from "../plan/plan";

/** Where the certificate of the database's CA lies on a host. */
export const databaseCaPath = "/etc/webstack/database-ca.pem";

/** Settings that every app gets, beside its own and DATABASE_URL; hostctl adds SENTRY_RELEASE, which each slot has its own of. */
export function siteEnvironment({ spec, site }: StackPlan): Readonly<Record<string, string>> {
  return { ...spec.env, SITE_HOSTS: site.names.join(","), SITE_SCHEME: site.scheme, SENTRY_ENVIRONMENT: spec.stack };
}

/**
 * The one URL by which services, jobs and release steps reach the database, over TLS with the CA and the host name checked.
 * https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 */
export function postgresUrl(database: { user: string; password: string; host: string; port: number; name: string }): string {
  const { user, password, host, port, name } = database;
  const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  return `postgresql://${login}@${host}:${port}/${name}?sslmode=verify-full&sslrootcert=${databaseCaPath}`;
}
