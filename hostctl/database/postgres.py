"""PostgreSQL by its own programs."""
import json
import re
import shlex
import threading
from contextlib import contextmanager
from urllib.parse import parse_qsl, unquote

from ..machine.errors import CommandFailed
from .database import Database, Waiting

# The database to log in to while the app's own is away or being renamed: PostgreSQL's, and that of DigitalOcean's service.
MAINTENANCE = ("postgres", "defaultdb")
ANALYZE_SECONDS = 4 * 3600
ANSWER_SECONDS = 10
# What is left of an application_name. https://www.postgresql.org/docs/15/runtime-config-logging.html#GUC-APPLICATION-NAME
NAME_LETTERS = 63
# What every session of the app's user begins with, whatever the server is set to; login_postgres.py gives its logins the same.
SESSION = {"default_transaction_isolation": "read committed", "timezone": "UTC"}
# Of the login that asks, and of those that act as the same owner: they take turns, and a job may go on with the one of before. See login_postgres.py.
SAME_APP = "usename in (select rolname from pg_roles where rolname = session_user or 'role=' || current_user = any(rolconfig))"
# The version whose servers know this setting, and whose pg_restore begins with it. https://www.postgresql.org/docs/17/runtime-config-client.html#GUC-TRANSACTION-TIMEOUT
TRANSACTION_TIMEOUT = 17
PARAMETERS = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}


class Postgres(Database):
    PORT = 5432
    CUSTOM_DUMPS = True

    def __init__(self, system, url):
        super().__init__(system, url)
        parts, (host, port) = self._parts, self.server
        self.env = {"PGHOST": host, "PGPORT": str(port), "PGUSER": self.user, "PGPASSWORD": unquote(parts.password or ""),
                    "PGCONNECT_TIMEOUT": "10", "PGAPPNAME": "hostctl"}
        self.env |= {PARAMETERS[name]: value for name, value in parse_qsl(parts.query) if name in PARAMETERS}
        self._maintenance = None

    def within(self, database):
        """Environment of a program that works in this database."""
        return {**self.env, "PGDATABASE": database}

    def ask(self, sql, database=None, *, read_only=False, timeout=600):
        options = {"PGOPTIONS": "-c default_transaction_read_only=on"} if read_only else {}
        words = ["psql", "--no-psqlrc", "--no-password", "--tuples-only", "--no-align", "--quiet", "--set=ON_ERROR_STOP=1", f"--command={sql}"]
        return self.system.run(words, env={**self.within(database or self.maintenance()), **options}, timeout=timeout).output.strip()

    def shell(self):
        return ["psql"], self.within(self.name)

    def maintenance(self):
        """A database of the server that is not the app's. Raises CommandFailed when the server lets nobody in."""
        if self._maintenance is None:
            for last, name in enumerate(MAINTENANCE, 1):
                try:
                    self.ask("select 1", name)
                except CommandFailed:
                    if last == len(MAINTENANCE):
                        raise
                    continue
                self._maintenance = name
                break
        return self._maintenance

    def exists(self, name):
        return self.ask(f"select 1 from pg_database where datname = {literal(name)}") == "1"

    def admitted(self):
        rights = "has_database_privilege(current_database(), 'create') and has_schema_privilege('public', 'create')"
        same = " and ".join(f"current_setting({literal(name)}) = {literal(value)}" for name, value in SESSION.items())
        try:
            return self.ask(f"select {rights} and {same}", self.name) == "t"
        except CommandFailed:
            return False

    def admit(self):
        self.grant(self.name)
        # By the user itself, as anybody may: from PostgreSQL 16 on the administrator alters no role that the cloud made.
        self.ask(" ".join(f"alter role current_user set {name} = {literal(value)};" for name, value in SESSION.items()), self.name)

    def grant(self, name):
        # Since PostgreSQL 15 only a database's owner makes tables in its schema "public". https://www.postgresql.org/docs/15/ddl-schemas.html#DDL-SCHEMAS-PATTERNS
        user = identifier(self.user)
        self.admin.ask(f"grant all privileges on database {identifier(name)} to {user}; grant all on schema public to {user}", name)

    def create(self, name):
        self.drop(name)
        self.admin.ask(f"create database {identifier(name)} encoding 'UTF8' template template0")
        self.admin.ask(f"revoke connect on database {identifier(name)} from public")
        if self.admin is not self:
            self.grant(name)

    def drop(self, name):
        if self.admin is self:
            self.ask(f"drop database if exists {identifier(name)} with (force)")
            return
        # To force it needs the right to end every session there; a user may end its own. https://www.postgresql.org/docs/15/sql-dropdatabase.html
        with self._ending_sessions(name):
            self.admin.ask(f"drop database if exists {identifier(name)}")

    def switch(self, incoming, kept, aside):
        renames = [f"alter database {identifier(self.name)} rename to {identifier(kept)};"] if self.exists(self.name) else []
        renames.append(f"alter database {identifier(incoming)} rename to {identifier(self.name)};")
        with self._ending_sessions(self.name, incoming):
            # One string of several statements is one transaction.
            self.admin.ask(" ".join(renames))

    def end_renames(self):
        # Its words are shown to its own login; nobody else's begin with these.
        return self.admin.ask("set role none; select count(pg_terminate_backend(pid)) from pg_stat_activity "
                              "where pid <> pg_backend_pid() and usename = session_user and application_name = 'hostctl' and query like 'alter database %'") != "0"

    @contextmanager
    def _ending_sessions(self, *names):
        """No session of the app lasts in these databases while the block does. Renaming or dropping one first takes a lock that keeps new
        sessions out and then waits five seconds for the others to be gone, so ending those all the while is what lets it through under load."""
        end = ("select count(pg_terminate_backend(pid)) from pg_stat_activity "
               f"where datname in ({', '.join(map(literal, names))}) and {SAME_APP}")
        self.ask(end)
        over = threading.Event()
        ender = threading.Thread(target=self._repeat, args=(end, over))
        ender.start()
        try:
            yield
        finally:
            over.set()
            ender.join()

    def _repeat(self, sql, over):
        while not over.wait(0.3):
            try:
                self.ask(sql)
            except CommandFailed:
                continue

    def others(self):
        like = literal(f"^{re.escape(self._short())}_(before|undone)_[0-9]{{8}}t[0-9]{{6}}z$")
        return self.ask(f"select datname from pg_database where datname ~ {like} order by right(datname, 16)").split()

    def dump(self):
        return ["pg_dump", "--format=custom", "--no-password"], self.within(self.name)

    def dump_major(self):
        """Major version of the pg_dump of this host, which refuses a newer server."""
        return int(re.search(r"\) (\d+)", self.system.run(["pg_dump", "--version"]).output)[1])

    def load(self, name):
        restore = ["pg_restore", "--no-password", "--no-owner", "--no-acl"]
        if self.dump_major() < TRANSACTION_TIMEOUT or self.major() >= TRANSACTION_TIMEOUT:
            return [*restore, "--exit-on-error", "--single-transaction", f"--dbname={name}"], self.within(name)
        # What it sets first, such a server does not know. Its own first lines hold that line before any row does.
        known = shlex.join([*restore, "--file=-"]) + " | sed '0,/^SET transaction_timeout = 0;$/{//d}'"
        psql = shlex.join(["psql", "--no-psqlrc", "--no-password", "--quiet", "--output=/dev/null", "--set=ON_ERROR_STOP=1", "--single-transaction", f"--dbname={name}"])
        return ["bash", "-c", f"set -o pipefail; {known} | {psql}"], self.within(name)

    def major(self):
        """Major version of the server."""
        return int(self.ask("show server_version_num")) // 10000

    def analyze(self, name):
        self.ask("analyze", name, timeout=ANALYZE_SECONDS)

    def waiting(self, ports, mark):
        # virtualxid: `create index concurrently` waits for older transactions, and nobody waits behind it.
        found = self._ask_as_login(f"""
            select json_build_object('session', a.pid, 'began', a.query_start, 'what', coalesce('table ' || l.relation::regclass, l.locktype), 'holders', (
                select string_agg(format('session %s (%s)', b.pid, concat_ws(', ', 'user ' || b.usename, nullif(b.application_name, ''), b.state,
                    'in a transaction for ' || extract(epoch from clock_timestamp() - b.xact_start)::int || ' s')), '; ')
                from pg_stat_activity b where b.pid = any(pg_blocking_pids(a.pid))))
            from pg_stat_activity a join pg_locks l on l.pid = a.pid and not l.granted
            where a.datname = current_database() and a.wait_event_type = 'Lock' and l.locktype <> 'virtualxid' and (a.application_name = {literal(mark[:NAME_LETTERS])}
                or a.client_addr = inet_client_addr() and a.client_port = any('{{{','.join(map(str, sorted(ports)))}}}'::int[]))""")
        return [Waiting(**json.loads(line)) for line in found.splitlines()]

    def end_lost(self, mark):
        self.ask(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and {SAME_APP} and application_name = {literal(mark[:NAME_LETTERS])}",
                 self.name, timeout=ANSWER_SECONDS)

    def end(self, waiting):
        self._ask_as_login(f"select pg_terminate_backend(pid) from pg_stat_activity where pid = {int(waiting.session)} and query_start = {literal(waiting.began)}")

    def _ask_as_login(self, sql):
        """What a session does is shown to its own login, and not to the owner as whom that acts. https://www.postgresql.org/docs/15/monitoring-stats.html"""
        return self.ask(f"set role none; {sql}", self.name, timeout=ANSWER_SECONDS)

    def sessions_of(self, user):
        where = "coalesce(host(client_addr), 'an address that does not show')"
        return self.ask(f"select {where} || ' (' || count(*) || ')' from pg_stat_activity where usename = {literal(user)} group by {where} order by 1", self.name).splitlines()

    def end_sessions(self):
        return int(self.ask(f"select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = {literal(self.name)} and {SAME_APP}"))

    def contents(self, name):
        rows = [f"select {literal(table)} || ': ' || count(*) || ' rows, ' || coalesce(sum(hashtextextended((t.*)::text, 0)), 0) from {self.quoted(table)} t" for table in self.tables(name)]
        numbers = "select schemaname || '.' || sequencename || ': at ' || coalesce(last_value::text, 'its start') from pg_sequences"
        return dict(line.split(": ", 1) for line in self.ask(" union all ".join([*rows, numbers]), name, timeout=ANALYZE_SECONDS).splitlines())

    def tables(self, name):
        system = "schemaname <> 'information_schema' and schemaname not like 'pg\\_%'"
        return self.ask(f"select schemaname || '.' || tablename from pg_tables where {system} order by 1", name).splitlines()

    def quoted(self, table):
        return ".".join(map(identifier, table.split(".", 1)))


def identifier(name):
    return '"' + name.replace('"', '""') + '"'


def literal(text):
    return "'" + text.replace("'", "''") + "'"
