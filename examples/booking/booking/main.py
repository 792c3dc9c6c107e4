"""The application, for an ASGI server: the API and its pages."""
import logging.config
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, AsyncIterator

from fastapi import Depends, FastAPI, Header, Query, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, Field

from . import bookings, environment, events, journal, migrate, pages, seats, visitors
from .bookings import Booking, Bookings, NewBooking
from .database import Database
from .errors import ApiError, register, responses
from .events import CategoryCount, Event, Events, NewEvent, NewSession
from .visitors import Visitor

logging.config.dictConfig(journal.LOGGING)


class Health(BaseModel):
    status: str = Field(examples=["ok"])
    release: str


class Password(BaseModel):
    password: str = Field(max_length=200)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    environment.admin_password()
    app.state.database = Database()
    app.state.reader = Database(environment.reader())
    app.state.seats = seats.Seats(app.state.reader)
    yield
    app.state.database.close()
    app.state.reader.close()


def writer(request: Request) -> Database:
    return request.app.state.database


def reader(request: Request) -> Database:
    """For what may be stale by a moment."""
    return request.app.state.reader


Writer = Annotated[Database, Depends(writer)]
Reader = Annotated[Database, Depends(reader)]
Key = Annotated[str, Header(
    pattern=r"^[A-Za-z0-9_-]{16,64}$", description="made up by the client for one booking, such as a UUID: a request that is sent again with it "
    "gives the same booking, and takes no second seat", examples=["4f1c8c62-6a1e-4d0f-9a8b-2f6a1f0c7b3e"])]

# The pages that FastAPI would make for people need scripts from elsewhere.
app = FastAPI(title="Foyer", version="1.0", lifespan=lifespan, docs_url=None, redoc_url=None, responses=responses(503),
              description="Events, their sessions, and bookings that never sell a seat twice.")
register(app)


@app.get("/events/", tags=["events"])
def list_events(
    database: Reader,
    q: Annotated[str, Query(max_length=100, description="words to look for in name, venue and description", examples=["quartet"])] = "",
    category: Annotated[str, Query(max_length=40, examples=["music"])] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 24,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Events:
    """Events with a session to come, the soonest first."""
    return events.search(database, words=q, category=category.lower(), limit=limit, offset=offset)


@app.post("/events/", status_code=201, tags=["events"], dependencies=[Depends(visitors.admin)], responses=responses(401, 422))
def create_event(database: Writer, new: NewEvent) -> Event:
    """A new event, with its sessions."""
    return events.create(database, new)


@app.get("/events/{event_id}", tags=["events"], responses=responses(404))
def get_event(database: Reader, event_id: int) -> Event:
    """An event with its sessions to come."""
    return events.find(database, event_id)


@app.post("/events/{event_id}/sessions", status_code=201, tags=["events"], dependencies=[Depends(visitors.admin)], responses=responses(401, 404, 422))
def create_session(database: Writer, event_id: int, new: NewSession) -> Event:
    """One session more. Result: its event."""
    return events.add_session(database, event_id, new)


@app.get("/categories/", tags=["events"])
def list_categories(database: Reader) -> list[CategoryCount]:
    """Categories of the events that are listed, the commonest first."""
    return events.categories(database)


@app.post("/sessions/{session_id}/bookings", status_code=201, tags=["bookings"],
          responses={**responses(404, 409, 422), 200: {"model": Booking, "description": "made before, by the same Idempotency-Key"}})
def create_booking(database: Writer, session_id: int, new: NewBooking, idempotency_key: Key, visitor: Visitor, response: Response) -> Booking:
    """Takes seats, or with `wait` a place in the waiting list where there are not enough."""
    booking, is_new = bookings.book(database, session_id, new, visitor, idempotency_key)
    response.status_code = 201 if is_new else 200
    response.headers["Cache-Control"] = "no-store"
    return booking


@app.get("/bookings/", tags=["bookings"])
def list_bookings(database: Writer, visitor: Visitor, response: Response) -> Bookings:
    """The visitor's own, by the cookie, the newest first."""
    response.headers["Cache-Control"] = "no-store"
    return Bookings(bookings=bookings.of_visitor(database, visitor))


@app.post("/bookings/{booking_id}/cancel", tags=["bookings"], responses=responses(404, 409))
def cancel_booking(database: Writer, booking_id: int, visitor: Visitor) -> Booking:
    """Gives a booking up; its seats go to those who wait. Once more changes nothing more."""
    return bookings.cancel(database, booking_id, visitor)


@app.post("/admin/session", status_code=204, tags=["admin"], responses=responses(401))
async def sign_in(request: Request, response: Response, said: Password) -> None:
    """Signs an administrator in, by a cookie."""
    await visitors.sign_in(request, response, said.password)


@app.delete("/admin/session", status_code=204, tags=["admin"])
def sign_out(response: Response) -> None:
    response.delete_cookie(visitors.ADMIN)


@app.get("/admin/session", status_code=204, tags=["admin"], responses=responses(401), dependencies=[Depends(visitors.admin)])
async def is_signed_in() -> None:
    """Whether the cookie, or the password, is an administrator's."""


@app.get("/admin/seats", tags=["admin"], dependencies=[Depends(visitors.admin)], responses={**responses(401), 200: {"content": {"text/event-stream": {}}}},
         response_class=StreamingResponse)
async def watch_seats(request: Request, last: str = "", last_event_id: Annotated[str, Header()] = "") -> StreamingResponse:
    """Seats of all sessions as they change. `last` does what Last-Event-ID does, which a page cannot set itself."""
    # X-Accel-Buffering: nginx would keep the lines until it has eight kilobytes of them.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(seats.stream(request.app.state.seats, last_event_id or last), media_type="text/event-stream", headers=headers)


@app.get("/livez", tags=["health"], responses={503: {"description": "never"}})
async def livez(response: Response) -> Health:
    """200 as long as the process answers, whatever the database does."""
    response.headers["Cache-Control"] = "no-store"
    return health()


@app.get("/healthz", tags=["health"])
def healthz(request: Request, response: Response) -> Health:
    """200 when the database that writes has the tables of this release, and the one for reading answers."""
    response.headers["Cache-Control"] = "no-store"
    missing = migrate.missing(request.app.state.database)
    if missing:
        raise ApiError(503, "not_migrated", f"the database lacks {', '.join(missing)}; run `python -m booking.migrate`")
    request.app.state.reader.rows("SELECT 1 FROM events LIMIT 1")
    return health()


def health() -> Health:
    """resolve(): a slot is a link to its release, and the folder of a release is named by its digest."""
    return Health(status="ok", release=Path(__file__).resolve().parent.parent.name)


def page(name: str, text: str) -> None:
    """Serves a page; who comes by it has a visitor's token before the first booking, so that one sent twice is the same visitor's."""
    def show(_visitor: Visitor, response: Response) -> HTMLResponse:
        cookies = {key: value for key, value in response.headers.items() if key == "set-cookie"}
        return HTMLResponse(text, headers={**pages.HEADERS, **cookies})

    for path in (f"/{name}", *(["/"] if name == "index.html" else [])):
        app.add_api_route(path, show, methods=["GET"], include_in_schema=False)


for name, text in pages.pages().items():
    page(name, text)
# On a host nginx serves the same from the folder that `python -m booking.pages` fills.
app.mount(f"/static/{pages.digest()}", StaticFiles(directory=pages.STATIC))
