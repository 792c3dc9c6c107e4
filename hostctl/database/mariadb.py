"""MariaDB and MySQL by MariaDB's own programs."""
import json
import os
import re
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, unquote

from ..machine import files
from ..machine.errors import CommandFailed, HostError
from .database import Database, Waiting

# What a dump has beside the tables and their rows.
PROGRAMS = ("--routines", "--triggers", "--events")
# A row may be as large as the protocol lets it be. https://mariadb.com/kb/en/server-system-variables/#max_allowed_packet
PACKET = "--max-allowed-packet=1G"
LOCK_SECONDS = 30
ANSWER_SECONDS = 10
# Of a statement, enough to know it by.
STATEMENT_LETTERS = 120
# Sessions in a transaction, and since when one waits for rows, which the list of processes does not tell. To ask needs the right PROCESS.
# https://mariadb.com/kb/en/information-schema-innodb_trx-table/ https://dev.mysql.com/doc/refman/8.0/en/information-schema-innodb-trx-table.html
TRANSACTIONS = "select trx_mysql_thread_id as id, if(trx_state = 'LOCK WAIT', trx_wait_started, null) as since from information_schema.innodb_trx"
# Asked by who has it not, see docs/mysql.md.
UNTOLD, NO_RIGHT = "select null as id, null as since", "ERROR 1227 "


class MariaDB(Database):
    PORT = 3306
    LONGEST_NAME = 64

    def __init__(self, system, url):
        super().__init__(system, url)
        parts = self._parts
        # Not MYSQL_HOST: the programs then take a socket for "localhost".
        host, port = self.server
        self.words = [f"--host={host}", f"--port={port}", f"--user={self.user}", "--protocol=tcp"]
        ca = parse_qs(parts.query).get("ssl_ca")
        # Said either way: untold, a client of 11.8 warns among the rows that it checks nothing. https://mariadb.com/kb/en/mariadb-command-line-client/
        self.words += [f"--ssl-ca={ca[0]}", "--ssl-verify-server-cert"] if ca else ["--disable-ssl-verify-server-cert"]
        self.env = {"MYSQL_PWD": unquote(parts.password or "")}
        self._transactions = TRANSACTIONS

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

    def switch(self, incoming, kept, aside):
        """Nothing renames a database, and a table moves to another one by its name: all of them in one statement, which happens whole or not at
        all. Triggers forbid that and views, routines and events stay behind, so those are taken down and put up again around it."""
        moves = [*([(self.name, kept)] if self.holds(self.name) else []), (incoming, self.name)]
        # One without tables may be there, as a cloud makes it.
        made = None if self.exists(moves[0][1]) else moves[0][1]
        if made:
            self._make(made)
        renames = [f"{identifier(old)}.{identifier(table)} to {identifier(new)}.{identifier(table)}" for old, new in moves for table in self.tables(old)]
        try:
            self._take_down(moves, aside)
            if renames:
                self._alone(f"set session lock_wait_timeout = {LOCK_SECONDS}; rename table {', '.join(renames)}")
        except Exception as failure:
            try:
                self.put_up(aside)
            except HostError as second:
                raise HostError(f"{failure}\n{second}") from failure
            if made and not self.tables(made):
                self.drop(made)
            raise
        self.put_up(aside)
        self.drop(incoming)

    def end_renames(self):
        found = self.ask(f"select id from information_schema.processlist where id <> connection_id() and user = {literal(self.user)} "
                         f"and info like 'rename table %' and instr(info, {literal(identifier(self.name) + '.')}) > 0").split()
        self._kill(found)
        return bool(found)

    def put_up(self, aside):
        if not aside.exists():
            return
        noted = json.loads(aside.read_text())
        for name, text in noted["taken"].items():
            old, new = next(move for move in noted["moves"] if name in move[:1])
            self._give(new if self._moved(noted["moves"]) else old, text)
        files.remove(aside)

    def _moved(self, moves):
        """Whether the tables have; that happens to all of them at once. What is put aside has some, and its new name none before; what comes in place of nothing
        may have none."""
        return bool(self.tables(moves[0][1])) if len(moves) > 1 else not self.tables(moves[0][0])

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

    def _take_down(self, moves, aside):
        """Take down what keeps the tables of the databases from moving, or would not move with them. What puts it up again is on the disk before anything
        of it goes: nobody else may have it."""
        found = {old: self._standing(old) for old, _ in moves}
        taken = {name: text for name, (text, drops) in found.items() if drops}
        if not taken:
            return
        files.write(aside, json.dumps({"moves": moves, "taken": taken}).encode(), 0o600, (os.geteuid(), os.getegid()))
        for name in taken:
            self.ask("; ".join(found[name][1]), name)

    def _standing(self, name):
        """(SQL that puts up a database's views, triggers, routines and events, however often it is run; statements that take them down). A view that no longer
        fits its tables cannot be put up anywhere, so it stays where it is."""
        views = self._named("table_type = 'VIEW'", name)
        whole = [view for view in views if self._works(name, view)]
        drops = [f"drop view {identifier(view)}" for view in whole] + self.ask("; ".join([
            self._of("triggers", "'drop trigger ', quoted(trigger_name)", "trigger_schema", name),
            self._of("routines", "'drop ', lower(routine_type), ' ', quoted(routine_name)", "routine_schema", name),
            self._of("events", "'drop event ', quoted(event_name)", "event_schema", name)])).splitlines()
        if not drops:
            return "", []
        asked = [["--no-create-info", "--add-drop-trigger", *PROGRAMS, *(f"--ignore-table={name}.{view}" for view in views), name],
                 *([["--skip-triggers", name, *whole]] if whole else [])]
        with tempfile.NamedTemporaryFile() as part:
            texts = []
            for words in asked:
                self.system.run(self.program("mariadb-dump", "--no-data", "--no-tablespaces", f"--result-file={part.name}", *words), env=self.env)
                texts.append(Path(part.name).read_text(encoding="utf-8", errors="surrogateescape"))
        return "".join(texts), drops

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

    def _give(self, name, text):
        with tempfile.NamedTemporaryFile() as file:
            Path(file.name).write_text(text, encoding="utf-8", errors="surrogateescape")
            try:
                self.system.pipe(["cat", file.name], self.program("mariadb", "--batch", name), source_env={}, sink_env=self.env, timeout=600)
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
        try:
            return self.admin._waiting(ports, self.name)
        except CommandFailed as failure:
            if NO_RIGHT not in failure.output:
                raise
        # Its waits for rows end by themselves: https://mariadb.com/kb/en/innodb-system-variables/#innodb_lock_wait_timeout
        self.admin._transactions = UNTOLD
        return self.admin._waiting(ports, self.name)

    def _waiting(self, ports, name):
        sessions = f"information_schema.processlist p left join ({self._transactions}) t on t.id = p.id where db = {literal(name)}"
        waits = "(t.since is not null or state like 'Waiting for %lock' or state like 'Waiting for %flush')"
        numbers = ", ".join(f"'{port}'" for port in sorted(ports)) or "''"
        here = "select substring_index(host, ':', 1) from information_schema.processlist where id = connection_id()"
        found = [json.loads(line) for line in self.ask(
            "select json_object('session', p.id, 'began', coalesce(t.since, info, ''), 'statement', coalesce(info, ''), 'state', if(t.since is null, state, 'waiting for rows')) "
            f"from {sessions} and {waits} and substring_index(host, ':', 1) = ({here}) and substring_index(host, ':', -1) in ({numbers})", timeout=ANSWER_SECONDS).splitlines()]
        # Who holds it is not told alike by the servers, nor of each lock; it is one of those that have been at it for long.
        others = self.ask("select group_concat(words separator '; ') from (select concat('session ', p.id, ' (user ', user, ', ', lower(command), ' for ', time, ' s', "
                          f"if(t.id is null, '', ', in a transaction'), ')') as words from {sessions} and not {waits} and p.id <> connection_id() "
                          "order by t.id is null, time desc limit 3) as longest", timeout=ANSWER_SECONDS) if found else ""
        return [Waiting(one["session"], one["began"], f"what `{one['statement'][:STATEMENT_LETTERS]}` needs ({one['state'].lower()})",
                        f"perhaps one of {others}" if others not in ("", "NULL") else None) for one in found]

    def end_lost(self, _mark):
        """A session has no name there. One of this machine that has done nothing for longer than the machine is up is of a process that is gone with its
        power: its transaction may keep every change of a table waiting. Behind a translation of addresses other machines come by the same one."""
        ours = self.system.address_toward(*self.server)
        lost = self.ask(f"select id from information_schema.processlist where user = {literal(self.user)} and db = {literal(self.name)} and command = 'Sleep' "
                        f"and time > {self.system.uptime():.0f} and substring_index(host, ':', 1) = {literal(ours)}", timeout=ANSWER_SECONDS).split()
        self._kill(lost, timeout=ANSWER_SECONDS)

    def end(self, waiting):
        self.ask(f"kill {int(waiting.session)}", timeout=ANSWER_SECONDS)

    def sessions_of(self, user):
        places = f"select substring_index(host, ':', 1) as place from information_schema.processlist where user = {literal(user)}"
        return self.ask(f"select concat(place, ' (', count(*), ')') from ({places}) as sessions group by place order by place").splitlines()

    def end_sessions(self):
        sessions = self.ask("select id from information_schema.processlist where id <> connection_id() "
                            f"and db = {literal(self.name)} and user = {literal(self.user)}").split()
        self._kill(sessions)
        return len(sessions)

    def _kill(self, sessions, **options):
        for session in sessions:
            # It may have ended by itself.
            with suppress(CommandFailed):
                self.ask(f"kill {int(session)}", **options)

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
