"""Bookings: the transactions that take seats, give them back, and hand them to those who wait."""
import secrets
from datetime import datetime
from typing import Annotated, Any, Literal

import pymysql
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pymysql.cursors import DictCursor

from .database import Database, code_of
from .errors import ApiError
from .events import Session, session_of, utc

DUPLICATE = 1062

# Without those that are mistaken for one another.
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class NewBooking(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Ada Lovelace", "seats": 2, "wait": True}]})
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    seats: int = Field(default=1, ge=1, le=6)
    wait: bool = Field(default=False, description="whether to join the waiting list where there are not enough seats")


class BookedEvent(BaseModel):
    id: int
    name: str = Field(examples=["An evening of string quartets"])
    venue: str = Field(examples=["Old Corn Exchange"])


class Booking(BaseModel):
    id: int
    code: str = Field(description="what a visitor says at the door", examples=["K7QF-3MPD"])
    state: Literal["confirmed", "waiting", "cancelled"]
    position: int | None = Field(description="place in the waiting list, from 1; null unless waiting", examples=[None])
    name: str = Field(examples=["Ada Lovelace"])
    seats: int = Field(examples=[2])
    created_at: datetime
    session: Session
    event: BookedEvent


class Bookings(BaseModel):
    bookings: list[Booking]


WHOLE = """SELECT b.id AS booking, b.code, b.state, b.name, b.seats AS wanted, b.created_at, s.*, e.name AS event_name, e.venue,
  IF(b.state = 'waiting', 1 + (SELECT COUNT(*) FROM bookings o WHERE o.session_id = b.session_id AND o.state = 'waiting' AND o.turn < b.turn), NULL)
    AS position
  FROM bookings b JOIN sessions s ON s.id = b.session_id JOIN events e ON e.id = s.event_id"""


def booking_of(row: dict[str, Any]) -> Booking:
    return Booking(
        id=row["booking"], code=row["code"], state=row["state"], position=row["position"], name=row["name"], seats=row["wanted"],
        created_at=utc(row["created_at"]), session=session_of(row), event=BookedEvent(id=row["event_id"], name=row["event_name"], venue=row["venue"]),
    )


def book(database: Database, session_id: int, new: NewBooking, visitor: bytes, key: str) -> tuple[Booking, bool]:
    """Takes seats, or a place in the waiting list. The same key gives the same booking, whoever asks again: who has it made it.

    `visitor`: whose booking it is, 32 bytes. Result: the booking, and whether it is new.
    Raises ApiError: 404, 409 (no seats, or over), 422 (the key of another booking), 503."""
    def work(cursor: DictCursor) -> bool:
        if is_made(cursor, session_id, new, key):
            return False
        try:
            is_confirmed = take(cursor, session_id, new)
        except ApiError:
            # The same request may have taken the last seat since it was looked for.
            if is_made(cursor, session_id, new, key):
                return False
            raise
        cursor.execute(
            "INSERT INTO bookings (code, session_id, visitor, idempotency_key, name, seats, state, turn) "
            "SELECT %s, id, %s, %s, %s, %s, %s, IF(%s, NULL, joined) FROM sessions WHERE id = %s",
            [new_code(), visitor, key, new.name, new.seats, "confirmed" if is_confirmed else "waiting", is_confirmed, session_id])
        if not is_confirmed:
            # Seats may have come free between the two statements.
            hand_on(cursor, session_id)
        return True

    try:
        is_new = database.transaction(work)
    except pymysql.IntegrityError as error:
        # Somebody with this key was quicker, and everything that this transaction did is undone.
        if code_of(error) != DUPLICATE or not database.transaction(lambda cursor: is_made(cursor, session_id, new, key)):
            raise
        is_new = False
    return booking_of(database.rows(f"{WHOLE} WHERE b.idempotency_key = %s", [key])[0]), is_new


def is_made(cursor: DictCursor, session_id: int, new: NewBooking, key: str) -> bool:
    """Whether the key has its booking already. Raises ApiError 422 when that is another one than is asked for."""
    cursor.execute("SELECT session_id, name, seats FROM bookings WHERE idempotency_key = %s", [key])
    row = cursor.fetchone()
    if row is not None and (row["session_id"], row["name"], row["seats"]) != (session_id, new.name, new.seats):
        raise ApiError(422, "key_reused", "this Idempotency-Key belongs to another booking; a new booking needs a new key")
    return row is not None


def take(cursor: DictCursor, session_id: int, new: NewBooking) -> bool:
    """Takes the seats, or where there are not enough a place in the waiting list for who wants one. Result: whether it has the seats.
    Raises ApiError 404 or 409 when there is neither."""
    if not new.wait:
        # Only to refuse: who comes to a session that is sold out must not wait for its row behind all others.
        refuse(cursor, session_id, new.seats)
    # One statement looks and takes: two who come at once cannot both see the last seat. Nobody overtakes those who wait.
    cursor.execute(
        "UPDATE sessions SET taken = taken + %s, revision = revision + 1 "
        "WHERE id = %s AND starts_at > UTC_TIMESTAMP() AND waiting = 0 AND taken + %s <= seats", [new.seats, session_id, new.seats])
    if cursor.rowcount == 1:
        return True
    join(cursor, session_id, new)
    return False


def join(cursor: DictCursor, session_id: int, new: NewBooking) -> None:
    """A place in the waiting list, for who wants one. Raises ApiError 404 or 409 when there is none to be had."""
    if new.wait:
        cursor.execute(
            "UPDATE sessions SET waiting = waiting + 1, joined = joined + 1, revision = revision + 1 "
            "WHERE id = %s AND starts_at > UTC_TIMESTAMP() AND seats >= %s", [session_id, new.seats])
        if cursor.rowcount == 1:
            return
    refuse(cursor, session_id, new.seats)
    raise ApiError(409, "not_enough_seats", "this session has not as many seats")


def refuse(cursor: DictCursor, session_id: int, wanted: int) -> None:
    """Raises ApiError 404 or 409 when a session has no such seats to sell."""
    cursor.execute("SELECT seats - taken AS free, waiting, starts_at <= UTC_TIMESTAMP() AS is_over FROM sessions WHERE id = %s", [session_id])
    row = cursor.fetchone()
    if row is None:
        raise ApiError(404, "no_such_session", f"there is no session {session_id}")
    if row["is_over"]:
        raise ApiError(409, "session_over", "this session has begun already")
    if row["waiting"] or not row["free"]:
        raise ApiError(409, "sold_out", "this session is sold out")
    if row["free"] < wanted:
        raise ApiError(409, "not_enough_seats", f"there {'is only one seat' if row['free'] == 1 else 'are only %d seats' % row['free']} left")


def cancel(database: Database, booking_id: int, visitor: bytes) -> Booking:
    """Gives a booking up; its seats go to those who wait, in the same transaction. Cancelling twice changes nothing more.

    Raises ApiError: 404 (none of this visitor), 409 (its session has begun), 503."""
    def work(cursor: DictCursor) -> None:
        cursor.execute("SELECT session_id, seats FROM bookings WHERE id = %s AND visitor = %s", [booking_id, visitor])
        row = cursor.fetchone()
        if row is None:
            raise ApiError(404, "no_such_booking", "there is no such booking of yours")
        session_id = row["session_id"]
        # The session's row first, as everywhere: two that lock in the same order never wait for each other.
        cursor.execute("SELECT starts_at <= UTC_TIMESTAMP() AS is_over FROM sessions WHERE id = %s FOR UPDATE", [session_id])
        is_over = cursor.fetchone()["is_over"]
        cursor.execute("SELECT state FROM bookings WHERE id = %s FOR UPDATE", [booking_id])
        state = cursor.fetchone()["state"]
        if state == "cancelled":
            return
        if is_over:
            raise ApiError(409, "session_over", "this session has begun already")
        cursor.execute("UPDATE bookings SET state = 'cancelled' WHERE id = %s", [booking_id])
        change = "taken = taken - %s" if state == "confirmed" else "waiting = waiting - 1"
        cursor.execute(f"UPDATE sessions SET {change}, revision = revision + 1 WHERE id = %s",
                       [*([row["seats"]] if state == "confirmed" else []), session_id])
        hand_on(cursor, session_id)

    database.transaction(work)
    return booking_of(database.rows(f"{WHOLE} WHERE b.id = %s", [booking_id])[0])


def hand_on(cursor: DictCursor, session_id: int) -> None:
    """Gives free seats to those who wait, in their order: one who wants more than are free keeps those behind waiting, too. The caller
    has the session's row locked."""
    while True:
        cursor.execute("SELECT id, seats FROM bookings WHERE session_id = %s AND state = 'waiting' ORDER BY turn LIMIT 1 FOR UPDATE", [session_id])
        first = cursor.fetchone()
        if first is None:
            return
        cursor.execute("UPDATE sessions SET taken = taken + %s, waiting = waiting - 1, revision = revision + 1 WHERE id = %s AND taken + %s <= seats",
                       [first["seats"], session_id, first["seats"]])
        if cursor.rowcount == 0:
            return
        cursor.execute("UPDATE bookings SET state = 'confirmed' WHERE id = %s", [first["id"]])


def of_visitor(database: Database, visitor: bytes) -> list[Booking]:
    """The newest first."""
    return [booking_of(row) for row in database.rows(f"{WHOLE} WHERE b.visitor = %s ORDER BY b.id DESC LIMIT 100", [visitor])]


def new_code() -> str:
    """Of 32^8, so that one which is taken already does not come up."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"
