"""Events and their sessions: what visitors read, and what an administrator adds."""
from datetime import datetime, timezone
from typing import Annotated, Any, Sequence

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from pymysql.cursors import DictCursor

from .database import Database
from .errors import ApiError

Words = StringConstraints(strip_whitespace=True, min_length=1, max_length=120)
Category = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=40)]


class NewSession(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"starts_at": "2027-03-12T19:30:00+01:00", "seats": 120}]})
    starts_at: AwareDatetime = Field(description="with its offset from UTC")
    seats: int = Field(ge=1, le=100_000)


class NewEvent(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{
        "name": "An evening of string quartets", "description": "Haydn, Bartók and a piece that nobody has heard yet.", "venue": "Old Corn Exchange",
        "categories": ["music", "classical"], "sessions": [{"starts_at": "2027-03-12T19:30:00+01:00", "seats": 120}]}]})
    name: Annotated[str, Words]
    description: Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)] = ""
    venue: Annotated[str, Words]
    categories: list[Category] = Field(default=[], max_length=6)
    sessions: list[NewSession] = Field(default=[], max_length=60)


class Session(BaseModel):
    id: int
    starts_at: datetime = Field(examples=["2027-03-12T18:30:00Z"])
    seats: int = Field(examples=[120])
    left: int = Field(description="seats that nobody has; those who wait come first", examples=[17])
    waiting: int = Field(description="bookings on the waiting list", examples=[0])


class Event(BaseModel):
    id: int
    name: str = Field(examples=["An evening of string quartets"])
    description: str
    venue: str = Field(examples=["Old Corn Exchange"])
    categories: list[str] = Field(examples=[["classical", "music"]])
    sessions: list[Session]


class Events(BaseModel):
    """Those with a session to come, the soonest first; then those that have no session yet."""

    events: list[Event]
    next: int | None = Field(description="`offset` of what follows, null at the end", examples=[24])


class CategoryCount(BaseModel):
    name: str = Field(examples=["music"])
    events: int = Field(examples=[3])


def utc(moment: datetime) -> datetime:
    """A moment as the database has it, without a zone."""
    return moment.replace(tzinfo=timezone.utc)


def session_of(row: dict[str, Any]) -> Session:
    return Session(id=row["id"], starts_at=utc(row["starts_at"]), seats=row["seats"], left=row["seats"] - row["taken"], waiting=row["waiting"])


# A session that has begun is none to come; an event whose sessions are all over is history.
LISTED = """FROM events e LEFT JOIN sessions s ON s.event_id = e.id AND s.starts_at > UTC_TIMESTAMP()
  WHERE (s.id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM sessions past WHERE past.event_id = e.id))"""


def search(database: Database, *, words: str, category: str, limit: int, offset: int) -> Events:
    """Events with all of `words` in their name, venue or description, and of a category; "" means any."""
    where, values = "", []
    for word in words.split()[:8]:
        where += " AND CONCAT_WS(' ', e.name, e.venue, e.description) LIKE %s"
        values.append("%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%")
    if category:
        where += " AND EXISTS (SELECT 1 FROM event_categories c WHERE c.event_id = e.id AND c.category = %s)"
        values.append(category)
    query = (f"SELECT e.id, e.name, e.description, e.venue {LISTED}{where} GROUP BY e.id "
             "ORDER BY MIN(s.starts_at) IS NULL, MIN(s.starts_at), e.id LIMIT %s OFFSET %s")
    rows = database.rows(query, [*values, limit + 1, offset])
    return Events(events=whole(database, rows[:limit]), next=offset + limit if len(rows) > limit else None)


def categories(database: Database) -> list[CategoryCount]:
    """Categories of what is listed, the commonest first."""
    rows = database.rows(f"SELECT c.category, COUNT(DISTINCT c.event_id) AS events FROM event_categories c JOIN (SELECT e.id {LISTED}) listed "
                         "ON listed.id = c.event_id GROUP BY c.category ORDER BY events DESC, c.category LIMIT 10")
    return [CategoryCount(name=row["category"], events=row["events"]) for row in rows]


def find(database: Database, event_id: int) -> Event:
    """Raises ApiError 404."""
    rows = database.rows("SELECT id, name, description, venue FROM events WHERE id = %s", [event_id])
    if not rows:
        raise ApiError(404, "no_such_event", f"there is no event {event_id}")
    return whole(database, rows)[0]


def whole(database: Database, rows: Sequence[dict[str, Any]]) -> list[Event]:
    """Events of these rows, with their categories and their sessions to come."""
    if not rows:
        return []
    ids = [row["id"] for row in rows]
    names: dict[int, list[str]] = {event: [] for event in ids}
    for row in database.rows("SELECT event_id, category FROM event_categories WHERE event_id IN %s ORDER BY category", [ids]):
        names[row["event_id"]].append(row["category"])
    sessions: dict[int, list[Session]] = {event: [] for event in ids}
    for row in database.rows("SELECT * FROM sessions WHERE event_id IN %s AND starts_at > UTC_TIMESTAMP() ORDER BY starts_at, id", [ids]):
        sessions[row["event_id"]].append(session_of(row))
    return [Event(**row, categories=names[row["id"]], sessions=sessions[row["id"]]) for row in rows]


def create(database: Database, new: NewEvent) -> Event:
    def work(cursor: DictCursor) -> int:
        cursor.execute("INSERT INTO events (name, description, venue) VALUES (%s, %s, %s)", [new.name, new.description, new.venue])
        event = cursor.lastrowid
        # To the database "café" and "cafe" are one.
        cursor.executemany("INSERT INTO event_categories (event_id, category) VALUES (%s, %s) ON DUPLICATE KEY UPDATE category = category",
                           [(event, name) for name in sorted(set(new.categories))])
        for session in new.sessions:
            insert_session(cursor, event, session)
        return event

    return find(database, database.transaction(work, repeatable=False))


def add_session(database: Database, event_id: int, new: NewSession) -> Event:
    """Raises ApiError 404."""
    find(database, event_id)
    database.transaction(lambda cursor: insert_session(cursor, event_id, new), repeatable=False)
    return find(database, event_id)


def insert_session(cursor: DictCursor, event_id: int, new: NewSession) -> None:
    starts_at = new.starts_at.astimezone(timezone.utc).replace(tzinfo=None)
    cursor.execute("INSERT INTO sessions (event_id, starts_at, seats) VALUES (%s, %s, %s)", [event_id, starts_at, new.seats])
