"""A database that is somebody else's service: what its login must be able to do, looked at before the first step of a release changes anything."""
import json

from ..machine.errors import CommandFailed, HostError
from ..manifest.settings import read
from . import admin

# What the session sees of itself. https://www.postgresql.org/docs/15/monitoring-stats.html#MONITORING-PG-STAT-SSL-VIEW
QUESTION = """
    select json_build_object('major', current_setting('server_version_num')::int / 10000, 'readOnly', pg_is_in_recovery() or current_setting('transaction_read_only') = 'on',
        'tls', coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false), 'schema', current_schema(),
        'create', coalesce(has_schema_privilege(current_schema(), 'create'), false),
        'connections', (select case rolconnlimit when -1 then null else rolconnlimit end from pg_roles where rolname = current_user),
        'databases', (select rolsuper or rolcreatedb and pg_has_role(d.datdba, 'usage') from pg_roles, pg_database d where rolname = current_user and datname = current_database()))"""
SECONDS = 30


def settings(paths):
    """{dumps, connections} of the description; None where the database is none of somebody else's."""
    return read(paths)["externalDatabase"]


def check(host):
    """Raises HostError, before any step has run, where the database's login cannot do what a release or a backup will ask of it."""
    wanted = settings(host.paths)
    if wanted is None:
        return
    database = admin.app_database(host)
    host.log.step("DATABASE-RIGHTS")
    with host.log.event("Rights-comparison", f"{database.user} on {database.name}"):
        found = _ask(database)
        if faults := _faults(found, wanted, database.dump_major() if wanted["dumps"] else None):
            raise HostError("\n".join(f"DATABASE_URL: {fault}" for fault in faults))


def needs_databases(host, database):
    """Raises HostError where the login may make no database beside the app's, as a restore does."""
    if settings(host.paths) is not None and not _ask(database)["databases"]:
        raise HostError(f"restore: {database.user} may make no database on this server, or not rename {database.name}, and a restore is made beside {database.name}, checked, and then takes its name; nothing was touched. "
                        f'Have the service let it (`alter role "{database.user}" createdb`, `alter database "{database.name}" owner to "{database.user}"`), or use the service\'s own restore')


def _ask(database):
    try:
        return json.loads(database.ask(QUESTION, database.name, timeout=SECONDS))
    except CommandFailed as failure:
        raise HostError(f"DATABASE_URL: the database lets nobody in by it\n{failure.output.strip()}\n"
                        "Look at user, password and name; where it is the certificate, at database.ca, which names who signs it") from None


def _faults(found, wanted, dumps_major):
    """What stands against this database, each in words."""
    faults = []
    if not found["tls"]:
        faults.append("the session is not encrypted; have the service offer TLS")
    if found["readOnly"]:
        faults.append("the database only reads, as a replica does; take the address of the one that is written to")
    elif not found["create"]:
        faults.append(f"the login must be able to make tables in the schema {found['schema'] or 'public'}, for the steps of a release; have its owner `grant create on schema {found['schema'] or 'public'}`")
    if found["connections"] is not None and found["connections"] < wanted["connections"]:
        faults.append(f"the login must be allowed {wanted['connections']} connections, as database.connections says, got {found['connections']}")
    if dumps_major is not None and found["major"] > dumps_major:
        faults.append(f"PostgreSQL must be {dumps_major} or older while backup.enabled, since this host has pg_dump {dumps_major}, which refuses a newer server, got {found['major']}; "
                      "set backup.enabled: false and let the service keep the backups")
    return faults
