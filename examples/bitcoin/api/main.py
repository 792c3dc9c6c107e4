"""The API, for an ASGI server: prices out of the database that the job fills."""
import logging.config
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from typing import Annotated, AsyncIterator

from fastapi import FastAPI, Query, Request, Response
from pydantic import BaseModel, Field

from analyzer import journal

from . import errors
from .database import Database, release

logging.config.dictConfig(journal.LOGGING)


class Price(BaseModel):
    """Price of one bitcoin at a full hour."""

    time: datetime
    usd: float


class Prices(BaseModel):
    """Prices of a period, the oldest first; the figures are null where there is none."""

    hours: int
    count: int
    min: float | None
    max: float | None
    average: float | None
    prices: list[Price]


class Health(BaseModel):
    status: str = Field(examples=["ok"])
    release: str


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with Database() as database:
        app.state.database = database
        yield


# The pages that FastAPI would make for people need scripts from elsewhere.
app = FastAPI(title="Bitcoin Analyzer", version="1.0", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url="/api/openapi.json",
              responses={code: {"model": errors.Failure} for code in (400, 503)})
errors.register(app)


@app.get("/api/prices")
async def prices(request: Request, hours: Annotated[int, Query(ge=1, le=2160)] = 24) -> Prices:
    """Prices of the last hours, and what there is to say of them."""
    since = datetime.now(timezone.utc) - timedelta(hours=hours)
    rows = await request.app.state.database.rows("SELECT time, usd FROM bitcoin_prices WHERE time > %s ORDER BY time", [since])
    found = [Price(time=time, usd=usd) for time, usd in rows]
    dollars = [usd for _, usd in rows]
    return Prices(
        hours=hours,
        count=len(rows),
        min=min(dollars, default=None),
        max=max(dollars, default=None),
        average=round(sum(dollars) / len(dollars), 2) if dollars else None,
        prices=found,
    )


@app.get("/api/latest", responses={404: {"model": errors.Failure}})
async def latest(request: Request) -> Price:
    """The newest price."""
    rows = await request.app.state.database.rows("SELECT time, usd FROM bitcoin_prices ORDER BY time DESC LIMIT 1")
    if not rows:
        raise errors.ApiError(404, "no_prices", "no price is stored yet; the collector runs every hour")
    return Price(time=rows[0][0], usd=rows[0][1])


@app.get("/api/livez")
async def livez(response: Response) -> Health:
    """200 as long as the process answers, whatever the database does."""
    response.headers["Cache-Control"] = "no-store"
    return Health(status="ok", release=release())


@app.get("/api/healthz")
async def healthz(request: Request, response: Response) -> Health:
    """200 when the database answers and has the table, which makes a release without its migration end before anybody sees it."""
    response.headers["Cache-Control"] = "no-store"
    await request.app.state.database.rows("SELECT 1 FROM bitcoin_prices LIMIT 1")
    return Health(status="ok", release=release())
