"""MariaDB and MySQL by MariaDB's own programs."""
import json
import re
import tempfile
import threading
from pathlib import Path
from urllib.parse import parse_qs, unquote

from .database import Database, Waiting
from .errors import CommandFailed, HostError

# What a dump has beside the tables and their rows.
PROGRAMS = ("--routines", "--triggers", "--events")
# A row may be as large as the protocol lets it be. https://mariadb.com/kb/en/server-system-variables/#max_allowed_packet
PACKET = "--max-allowed-packet=1G"
LOCK_SECONDS = 30
ANSWER_SECONDS = 10
# Of a statement, enough to know it by.
STATEMENT_LETTERS = 120


class MariaDB(Database):
    LONGEST_NAME = 64

    def __init__(self, system, url):
        super().__init__(system, url)
        parts = self._parts
        # Not MYSQL_HOST: the programs then take a socket for "localhost".
        self.words = [f"--host={parts.hostname or ''}", f"--port={parts.port or 3306}", f"--user={self.user}", "--protocol=tcp"]
        ca = parse_qs(parts.query).get("ssl_ca")
        # Said either way: untold, a client of 11.8 warns among the rows that it checks nothing. https://mariadb.com/kb/en/mariadb-command-line-client/
        self.words += [f"--ssl-ca={ca[0]}", "--ssl-verify-server-cert"] if ca else ["--disable-ssl-verify-server-cert"]
        self.env = {"MYSQL_PWD": unquote(parts.password or "")}

    def program(self, name, *words):
        # First of all: no file of the machine decides how a backup is made.
        return [name, "--no-defaults", *self.words, *words]

    def ask(self, sql, database=None, *, read_only=False, timeout=600):
        options = ["--init-command=set session transaction read only"] if read_only else []
        words = ["--batch", "--raw", "--skip-column-names", "--connect-timeout=10", *options, f"--execute={sql}", *([database] if database else [])]
        return self.system.run(self.program("mariadb", *words), env=self.env, timeout=timeout).output.strip()

    def shell(self):
        return self.program("mariadb", self.name), self.env

    def exists(self, name):
        return self.admin.ask(f"select 1 from information_schema.schemata where schema_name = {literal(name)}") == "1"

    def admitted(self):
        grants = self.ask("show grants").splitlines()
        everywhere = [grant for grant in grants if " ON *.* " in grant and not grant.startswith("GRANT USAGE ")]
        return not everywhere and any(f" ON {pattern(self.name)}.* " in grant for grant in grants)

    def admit(self):
        # DigitalOcean's users begin with the rights of its administrator: https://docs.digitalocean.com/products/databases/mysql/how-to/manage-users-and-databases/
        self.admin.ask(f"revoke all privileges, grant option from {self._account()}")
        self.grant(self.name)

    def grant(self, name):
        self.admin.ask(f"grant all privileges on {pattern(name)}.* to {self._account()}")

    def _account(self):
        return f"{literal(self.user)}@'%'"

    def create(self, name):
        self.drop(name)
        self._make(name)

    def _make(self, name):
        self.admin.ask(f"create database {identifier(name)}")
        if self.admin is not self:
            self.grant(name)

    def drop(self, name):
        self.admin.ask(f"drop database if exists {identifier(name)}")

    def switch(self, incoming, kept):
        """Nothing renames a database, and a table moves to another one by its name: all of them in one statement, which happens whole or not at
        all. Triggers forbid that and views, routines and events stay behind, so those are taken down and put up again around it."""
        moves = [*([(self.name, kept)] if self.exists(self.name) else []), (incoming, self.name)]
        self._make(moves[0][1])
        renames = [f"{identifier(old)}.{identifier(table)} to {identifier(new)}.{identifier(table)}" for old, new in moves for table in self.tables(old)]
        with tempfile.TemporaryDirectory() as folder:
            taken = []
            homes = [old for old, _ in moves]
            try:
                for old, _ in moves:
                    taken.append(self._take(old, Path(folder)))
                if renames:
                    self._alone(f"set session lock_wait_timeout = {LOCK_SECONDS}; rename table {', '.join(renames)}")
                homes = [new for _, new in moves]
            except Exception:
                made = moves[0][1]
                if not self.tables(made):
                    self.drop(made)
                raise
            finally:
                for home, file in zip(homes, taken):
                    self._give(home, file)
        self.drop(incoming)

    def holds(self, name):
        return self.exists(name) and bool(self.tables(name))

    def _alone(self, sql):
        """Run what needs every table of the app to itself: sessions that hold one are ended all the while."""
        over = threading.Event()
        ender = threading.Thread(target=self._end_sessions, args=(over,))
        ender.start()
        try:
            self.ask(sql)
        finally:
            over.set()
            ender.join()

    def _end_sessions(self, over):
        while not over.wait(0.3):
            try:
                self.end_sessions()
            except CommandFailed:
                continue

    def _take(self, name, folder):
        """Take down what keeps the tables of a database from moving, or would not move with them; returns a file that puts it up again,
        or None where there is nothing. A view that no longer fits its tables cannot be put up anywhere, so it stays where it is."""
        views = self._named("table_type = 'VIEW'", name)
        whole = [view for view in views if self._works(name, view)]
        gone = [f"drop view {identifier(view)}" for view in whole] + self.ask("; ".join([
            self._of("triggers", "'drop trigger ', quoted(trigger_name)", "trigger_schema", name),
            self._of("routines", "'drop ', lower(routine_type), ' ', quoted(routine_name)", "routine_schema", name),
            self._of("events", "'drop event ', quoted(event_name)", "event_schema", name)])).splitlines()
        if not gone:
            return None
        file, part = folder / f"{name}.sql", folder / "part"
        asked = [["--no-create-info", *PROGRAMS, *(f"--ignore-table={name}.{view}" for view in views), name],
                 *([["--skip-triggers", name, *whole]] if whole else [])]
        with file.open("wb") as text:
            for words in asked:
                self.system.run(self.program("mariadb-dump", "--no-data", "--no-tablespaces", f"--result-file={part}", *words), env=self.env)
                text.write(part.read_bytes())
        self.ask("; ".join(gone), name)
        return file

    def _works(self, name, view):
        try:
            self.ask(f"select 1 from {identifier(view)} limit 0", name)
        except CommandFailed:
            return False
        return True

    @staticmethod
    def _of(what, statement, schema, name):
        quoted = re.sub(r"quoted\((\w+)\)", r"'`', replace(\1, '`', '``'), '`'", statement)
        return f"select concat({quoted}) from information_schema.{what} where {schema} = {literal(name)}"

    def _give(self, name, file):
        if file is None:
            return
        try:
            self.system.pipe(["cat", str(file)], self.program("mariadb", "--batch", name), source_env={}, sink_env=self.env, timeout=600)
        except CommandFailed as failure:
            raise HostError(f"database {name}: has its tables, but not all of its views, triggers, routines and events\n{failure}") from None

    def others(self):
        like = literal(f"^{re.escape(self._short())}_(before|undone)_[0-9]{{8}}t[0-9]{{6}}z$")
        return self.admin.ask(f"select schema_name from information_schema.schemata where schema_name regexp {like} order by right(schema_name, 16)").split()

    def dump(self):
        # No tablespaces: MySQL asks for a right on the whole server for them. https://dev.mysql.com/doc/refman/8.0/en/mysqldump.html
        return self.program("mariadb-dump", "--single-transaction", "--quick", *PROGRAMS, "--no-tablespaces", PACKET, self.name), self.env

    def load(self, name):
        return self.program("mariadb", "--batch", PACKET, name), self.env

    def analyze(self, name):
        tables = self.tables(name)
        if tables:
            self.ask(f"analyze table {', '.join(map(identifier, tables))}", name, timeout=4 * 3600)

    def waiting(self, ports, mark):
        # The app's user sees its own sessions there, and of locks only that one is waited for; a wait for rows ends by itself:
        # https://mariadb.com/kb/en/innodb-system-variables/#innodb_lock_wait_timeout
        waits = "state like 'Waiting for %lock' or state like 'Waiting for %flush'"
        numbers = ", ".join(f"'{port}'" for port in sorted(ports)) or "''"
        here = "select substring_index(host, ':', 1) from information_schema.processlist where id = connection_id()"
        found = [json.loads(line) for line in self.ask(
            f"select json_object('session', id, 'began', coalesce(info, ''), 'state', state) from information_schema.processlist where ({waits}) and db = {literal(self.name)} "
            f"and substring_index(host, ':', 1) = ({here}) and substring_index(host, ':', -1) in ({numbers})", timeout=ANSWER_SECONDS).splitlines()]
        # Who holds one of these is told to nobody; it is one of those that have been at it for long.
        others = self.ask("select group_concat(words separator '; ') from (select concat('session ', id, ' (user ', user, ', ', lower(command), ' for ', time, ' s)') as words "
                          f"from information_schema.processlist where db = {literal(self.name)} and not ({waits}) and id <> connection_id() "
                          "order by time desc limit 3) as longest", timeout=ANSWER_SECONDS) if found else ""
        return [Waiting(one["session"], one["began"], f"what `{one['began'][:STATEMENT_LETTERS]}` needs ({one['state'].lower()})",
                        f"perhaps one of {others}" if others not in ("", "NULL") else None) for one in found]

    def end_lost(self, mark):
        """None: a session has no name there, and no statement that changes a table leaves a transaction open behind it."""

    def end(self, waiting):
        self.ask(f"kill {int(waiting.session)}", timeout=ANSWER_SECONDS)

    def sessions_of(self, user):
        places = f"select substring_index(host, ':', 1) as place from information_schema.processlist where user = {literal(user)}"
        return self.ask(f"select concat(place, ' (', count(*), ')') from ({places}) as sessions group by place order by place").splitlines()

    def end_sessions(self):
        sessions = self.ask("select id from information_schema.processlist where id <> connection_id() "
                            f"and db = {literal(self.name)} and user = {literal(self.user)}").split()
        for session in sessions:
            try:
                self.ask(f"kill {int(session)}")
            except CommandFailed:
                # One that ended by itself.
                continue
        return len(sessions)

    def contents(self, name):
        tables = self.tables(name)
        if not tables:
            return {}
        lines = self.ask(f"checksum table {', '.join(map(identifier, tables))}", name, timeout=4 * 3600).splitlines()
        return dict(line.removeprefix(f"{name}.").split("\t") for line in lines)

    def tables(self, name):
        # MariaDB names its sequences and its versioned tables otherwise than BASE TABLE.
        return self._named("table_type not in ('VIEW', 'SYSTEM VIEW')", name)

    def _named(self, condition, name):
        return self.ask(f"select table_name from information_schema.tables where {condition} and table_schema = {literal(name)} order by 1").splitlines()

    def quoted(self, table):
        return identifier(table)


def identifier(name):
    return "`" + name.replace("`", "``") + "`"


def pattern(name):
    """A database's name in a grant, where _ stands for any letter. https://dev.mysql.com/doc/refman/8.0/en/grant.html#grant-database-privileges"""
    return identifier(name.replace("_", "\\_"))


def literal(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
