"""The database, through the one DATABASE_URL; what is wrong with it is an answer, not a trace."""
import logging
from pathlib import Path
from typing import Any, Self, Sequence

import psycopg
from psycopg.errors import UndefinedTable
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from analyzer.environment import database_url

from .errors import ApiError

log = logging.getLogger(__name__)

# For each worker process; the stack's file must leave room for both slots.
CONNECTIONS = 4


def release() -> str:
    """resolve(): a slot is a link to its release, and the folder of a release is named by its digest."""
    return Path(__file__).resolve().parent.parent.name


class Database:
    def __init__(self) -> None:
        self._pool = AsyncConnectionPool(
            database_url(),
            min_size=1,
            max_size=CONNECTIONS,
            open=False,
            # A database that is away must cost a request seconds, and one that is back must be found at the next request.
            timeout=3,
            reconnect_timeout=2,
            check=self._check,
            kwargs={"autocommit": True, "connect_timeout": 3, "options": "-c statement_timeout=5000 -c default_transaction_read_only=on"},
        )

    async def __aenter__(self) -> Self:
        # Does not wait: a process that starts before its database answers 503 until then.
        await self._pool.open(wait=False)
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._pool.close()

    async def _check(self, connection: psycopg.AsyncConnection[Any]) -> None:
        """What the database closed it closed with all the others, and each that is found out alone costs a request a second or more."""
        try:
            await AsyncConnectionPool.check_connection(connection)
        except psycopg.Error:
            await self._pool.drain()
            raise

    async def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query. Raises ApiError 503 when there are none to be had."""
        try:
            async with self._pool.connection() as connection:
                return await (await connection.execute(query, values)).fetchall()
        except UndefinedTable as error:
            log.error("the table is missing: %s", error.diag.message_primary)
            raise ApiError(503, "not_migrated", "the table of prices is missing; run `python manage.py migrate`") from error
        except (psycopg.Error, PoolTimeout) as error:
            log.error("database does not answer: %s", error)
            raise ApiError(503, "database_unavailable", "the database does not answer; try again in some seconds") from error
