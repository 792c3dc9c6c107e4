import { debians, defaultDebian, type DebianName } from "../../infra/config/catalog/debian";

/**
 * The unit of the PostgreSQL that a database machine of this Debian runs.
 * https://manpages.debian.org/trixie/postgresql-common/pg_wrapper.1.en.html
 */
export const postgresUnit = (debian: DebianName = defaultDebian): string => `postgresql@${debians[debian].postgres}-main.service`;
