"""The seats of all sessions as they change, as server-sent events."""
import asyncio
import json
import time
from typing import Any, AsyncIterator

from anyio import to_thread

from .database import Database
from .errors import ApiError
from .events import utc

# How often the database is asked, by one process for all who watch.
INTERVAL = 0.5
# A stream ends by itself and the browser comes back, so an old release is done with its last one in this time.
LIFE = 15.0

QUERY = """SELECT s.id, s.event_id, e.name AS event, e.venue, s.starts_at, s.seats, s.taken, s.waiting, s.revision
  FROM sessions s JOIN events e ON e.id = s.event_id WHERE s.starts_at > UTC_TIMESTAMP() - INTERVAL 1 DAY ORDER BY s.starts_at, s.id LIMIT 500"""


class Seats:
    """The state of all sessions, kept for a moment."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = asyncio.Lock()
        self._asked = -INTERVAL
        self._found: list[dict[str, Any]] = []

    async def now(self) -> list[dict[str, Any]]:
        """Raises ApiError 503."""
        async with self._lock:
            if time.monotonic() - self._asked >= INTERVAL:
                rows = await to_thread.run_sync(self._database.rows, QUERY)
                self._found = [{**row, "starts_at": utc(row["starts_at"]).isoformat()} for row in rows]
                self._asked = time.monotonic()
            return self._found


def version(sessions: list[dict[str, Any]]) -> str:
    """The id of a state: how many sessions there are, and how many changes they have seen. What a browser saw last says by it whether it
    missed anything, whichever process and host it comes back to."""
    return f"{len(sessions)}-{sum(session['revision'] for session in sessions)}"


async def stream(seats: Seats, last: str) -> AsyncIterator[str]:
    """Text of a stream: every session at its beginning, unless the state is the `last` that the browser saw; then those that change."""
    ends = time.monotonic() + LIFE
    seen: dict[int, dict[str, Any]] | None = None
    # For how long a browser waits before it comes back, in milliseconds; and a first byte, so that it knows that it is connected.
    yield "retry: 500\n\n"
    while time.monotonic() < ends:
        try:
            now = await seats.now()
        except ApiError:
            yield "event: away\ndata: {}\n\n"
            await asyncio.sleep(2)
            continue
        is_known = seen is None and version(now) == last
        changed = [] if is_known else [session for session in now if seen is None or seen.get(session["id"]) != session]
        if changed or (seen is None and not is_known):
            yield f"id: {version(now)}\nevent: seats\ndata: {json.dumps({'whole': seen is None, 'sessions': changed})}\n\n"
        elif seen is None:
            yield "event: same\ndata: {}\n\n"
        seen = {session["id"]: session for session in now}
        await asyncio.sleep(INTERVAL)
