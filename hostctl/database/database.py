"""The app's database, whatever its engine: what backups, restores, drills and restore points ask of it."""
import datetime
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from ..machine.errors import HostError

# Who is told to end does so at once, but for one that writes what it has done.
END_SECONDS = 30
# What making or loading a dump may take.
DUMP_SECONDS = 4 * 3600


def stamp(system):
    """The moment, as names of databases and folders that are put aside have it: 20261122t060000z."""
    return datetime.datetime.fromtimestamp(system.time(), datetime.timezone.utc).strftime("%Y%m%dt%H%M%Sz")


class Waiting(NamedTuple):
    """A session that waits for a lock. `began` tells one wait of a session from its next; `what` and `holders` are for people."""

    session: int
    began: str
    what: str
    holders: str | None

    @property
    def key(self):
        return self.session, self.began, self.what


class Database:
    """One server, logged in to as the app's user, and the name of the app's database on it. The programs of each engine are in postgres.py
    and mariadb.py; how to log in is in the environment of each command, as far as it is secret: words show in the process list."""

    # Where its server listens unless the URL says otherwise.
    PORT = 0
    # Letters that the name of a database may have.
    LONGEST_NAME = 63
    # Whether dumps have the form that begins with PGDMP, and not that of SQL.
    CUSTOM_DUMPS = False

    def __init__(self, system, url):
        # Who makes, renames and drops databases; another login where the app's user may not.
        self.admin = self
        self.system, self._parts = system, urlsplit(url)
        self.name = unquote(self._parts.path.lstrip("/"))
        self.user = unquote(self._parts.username or "")

    @property
    def server(self):
        """(address, port)"""
        return self._parts.hostname or "", self._parts.port or self.PORT

    def url(self, name):
        """The DATABASE_URL of another database of this server."""
        return self._parts._replace(path=f"/{quote(name)}").geturl()

    def beside(self, what):
        """Name of a database that belongs to the app's one: NAME_WHAT, with NAME cut where it would be too long."""
        return f"{self._short()}_{what}"

    def _short(self):
        return self.name[:self.LONGEST_NAME - len("_before_20261122t060000z")]

    def ask(self, sql, database=None, *, read_only=False, timeout=600):
        """Run one statement, or several; returns what the engine's client prints without headings."""
        raise NotImplementedError

    def shell(self):
        """(words, environment) of the engine's own client on the app's database, for a person."""
        raise NotImplementedError

    def exists(self, name):
        raise NotImplementedError

    def admitted(self):
        """Whether the app's user has what it needs in the app's database, and no right that it was given beyond."""
        raise NotImplementedError

    def admit(self):
        """Have the administrator bring that about."""
        raise NotImplementedError

    def grant(self, name):
        """Have the administrator let the app's user do everything in the database `name`."""
        raise NotImplementedError

    def create(self, name):
        """An empty database that the app's user alone enters. One of this name that is there goes."""
        raise NotImplementedError

    def drop(self, name):
        raise NotImplementedError

    def switch(self, incoming, kept, aside):
        """Give the content of the database `incoming` the app's name, and what has it the name `kept`: both or none; there need be none
        that has it, see holds(). `aside`: a file of this host for what put_up() needs after a switch that was interrupted."""
        raise NotImplementedError

    def end_switch(self):
        """End a switch that a run which is gone has left to the server, where it may wait for others still: what it has done by then is all that it does.
        Raises HostError where it does not end."""
        deadline = self.system.monotonic() + END_SECONDS
        while self.end_renames():
            if self.system.monotonic() > deadline:
                raise HostError(f"database {self.name}: an interrupted switch is still under way in the server; run this again once it has ended")
            self.system.sleep(0.2)

    def end_renames(self):
        """Have the server end whatever renames for a switch; whether there was any."""
        raise NotImplementedError

    def put_up(self, aside):
        """Put up what a switch took down of the databases, if one that was interrupted or failed has left that to do; may be repeated."""

    def holds(self, name):
        """Whether a switch has given the content of a database this name, and not only made room for it."""
        return self.exists(name)

    def others(self):
        """Databases that switches have kept, the oldest first."""
        raise NotImplementedError

    def dump(self):
        """(command, environment) that writes a consistent dump of the app's database to standard output."""
        raise NotImplementedError

    def load(self, name):
        """(command, environment) that reads such a dump into the empty database `name`, and fails at the first thing amiss."""
        raise NotImplementedError

    def analyze(self, name):
        """Have the server look at a database that was filled at once."""
        raise NotImplementedError

    def waiting(self, ports, mark):
        """Sessions in the app's database that wait for a lock that keeps others from it, of those that come from this machine by one of the
        `ports` or call themselves `mark`. Asked as the app's user, who sees every session of its own."""
        raise NotImplementedError

    def end_lost(self, mark):
        """End the sessions of a step whose machine lost its power, be it known by the `mark` that it calls itself: the server may hold their locks for hours."""
        raise NotImplementedError

    def end(self, waiting):
        """End such a session, unless it has gone on meanwhile."""
        raise NotImplementedError

    def sessions_of(self, user):
        """From where sessions of this user are open, and how many, in words. Asked as somebody who sees those of others."""
        raise NotImplementedError

    def end_sessions(self):
        """End the sessions of the app's user in its database, but for that which asks; returns how many there were."""
        raise NotImplementedError

    def contents(self, name):
        """{table or sequence: words that another server of the engine has for the same rows, in whatever order, and for the same next number}."""
        raise NotImplementedError

    def tables(self, name):
        """Names of the tables, sorted."""
        raise NotImplementedError

    def rows(self, name):
        """{table: how many rows it has}."""
        tables = self.tables(name)
        if not tables:
            return {}
        counts = self.ask(" union all ".join(f"select count(*) from {self.quoted(table)}" for table in tables), name).split()
        return dict(zip(tables, map(int, counts), strict=True))

    def quoted(self, table):
        """A name of tables() as SQL wants it."""
        raise NotImplementedError
