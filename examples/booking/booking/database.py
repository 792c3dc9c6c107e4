"""A MariaDB: connections that threads share, and transactions that are run again when the database asks for it."""
import logging
import random
import threading
import time
from contextlib import contextmanager
from typing import Any, Callable, Iterator, Sequence, TypeVar

import pymysql
from pymysql.cursors import DictCursor

from . import environment
from .errors import ApiError

log = logging.getLogger(__name__)
T = TypeVar("T")

# For each worker process and URL; the database must have room for those of both slots.
CONNECTIONS = 8

# Nothing of the transaction is left, so it may run again, whatever it does. https://mariadb.com/kb/en/mariadb-error-codes/
ROLLED_BACK = {
    1213,  # a deadlock, or on a cluster a certification conflict, which may come as late as the commit
    1205,  # a row was locked for too long
    1047,  # the node of a cluster is not ready, or has lost the others
    1290,  # the server became read-only: another one writes by now
}
# The connection is gone. What was being committed may be there or not.
LOST = {0, 1053, 1927, 2002, 2003, 2006, 2013, 2014, 2055}

ATTEMPTS = 10


def pause(attempt: int) -> float:
    """Seconds before an attempt, counted from 1, is repeated: anything up to a bound that doubles, so that those who collided do not
    meet again. https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/"""
    return random.uniform(0, min(1.0, 0.02 * 2**attempt))


def code_of(error: pymysql.MySQLError) -> int:
    return error.args[0] if error.args and isinstance(error.args[0], int) else -1


class Database:
    def __init__(self, variable: str = "DATABASE_URL", statement_seconds: float = 5) -> None:
        """`statement_seconds`: after which a statement is ended; 0 means never."""
        self._statement_seconds = statement_seconds
        self._server = environment.server(variable)
        self._room = threading.BoundedSemaphore(CONNECTIONS)
        self._idle: list[tuple[pymysql.Connection, float]] = []

    def close(self) -> None:
        while self._idle:
            self._idle.pop()[0].close()

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """All rows of a query. Raises ApiError 503 when there are none to be had."""
        def ask(cursor: DictCursor) -> list[dict[str, Any]]:
            cursor.execute(query, values)
            return list(cursor.fetchall())

        return self.transaction(ask)

    def transaction(self, work: Callable[[DictCursor], T], *, repeatable: bool = True) -> T:
        """What `work` gives, run in one transaction, again from its beginning when a conflict or a lost server undid it.

        `repeatable`: whether a transaction that was committed already does nothing when it runs once more, so that it may also be
        repeated when the connection was lost during its commit. Raises ApiError 503 after ATTEMPTS."""
        for attempt in range(1, ATTEMPTS + 1):
            committing = False
            try:
                with self._connection() as connection:
                    with connection.cursor() as cursor:
                        result = work(cursor)
                    committing = True
                    connection.commit()
                    return result
            except pymysql.MySQLError as error:
                code = code_of(error)
                lost = code in LOST
                if not lost and code not in ROLLED_BACK:
                    raise self._refused(error) from error
                if attempt == ATTEMPTS or (lost and committing and not repeatable):
                    log.error("gave up after %d attempts: %s", attempt, error)
                    raise unavailable() from error
                log.warning("attempt %d of %d is repeated: %s", attempt, ATTEMPTS, error)
            time.sleep(pause(attempt))
        raise AssertionError("the last attempt returns or raises")

    @staticmethod
    def _refused(error: pymysql.MySQLError) -> Exception:
        if code_of(error) == 1146:
            log.error("a table is missing: %s", error)
            return ApiError(503, "not_migrated", "a table is missing; run `python -m booking.migrate`")
        if isinstance(error, pymysql.OperationalError):
            log.error("the database refuses: %s", error)
            return unavailable()
        return error

    @contextmanager
    def _connection(self) -> Iterator[pymysql.Connection]:
        if not self._room.acquire(timeout=10):
            raise unavailable()
        try:
            connection = self._taken() or self._opened()
            try:
                yield connection
            except BaseException as error:
                self._give_up(connection, error)
                raise
            self._idle.append((connection, time.monotonic()))
        finally:
            self._room.release()

    def _give_up(self, connection: pymysql.Connection, error: BaseException) -> None:
        """Undoes what was not committed. A server that fell silent is not asked for it."""
        if isinstance(error, pymysql.MySQLError) and code_of(error) not in {1213, 1205, 1062}:
            connection.close()
            return
        try:
            connection.rollback()
            self._idle.append((connection, time.monotonic()))
        except pymysql.MySQLError:
            connection.close()

    def _taken(self) -> pymysql.Connection | None:
        """A connection that works. One that the server closed, it closed with all the others."""
        try:
            connection, since = self._idle.pop()
        except IndexError:
            return None
        try:
            if time.monotonic() - since > 1:
                connection.ping(reconnect=False)
            return connection
        except pymysql.MySQLError:
            connection.close()
            self.close()
            return None

    def _opened(self) -> pymysql.Connection:
        return pymysql.connect(
            **self._server,
            charset="utf8mb4",
            cursorclass=DictCursor,
            # A database that is away must cost a request seconds, and so must one that fell silent.
            connect_timeout=2,
            read_timeout=self._statement_seconds + 5 if self._statement_seconds else None,
            write_timeout=10,
            # READ COMMITTED: what is looked for after a conflict must be what the other one committed.
            init_command="SET SESSION time_zone = '+00:00', tx_isolation = 'READ-COMMITTED', innodb_lock_wait_timeout = 2, "
            f"max_statement_time = {self._statement_seconds}",
        )


def unavailable() -> ApiError:
    return ApiError(503, "database_unavailable", "the database does not answer; try again in some seconds")
