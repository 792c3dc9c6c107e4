"""The front end's way to the API: one request for each page."""
import http.client
import json
import urllib.request
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

SECONDS = 3


class Unavailable(Exception):
    """The API gave no prices; the message says why."""


@dataclass(frozen=True)
class Point:
    """Price in US dollars at a full hour."""

    time: datetime
    usd: float


@dataclass(frozen=True)
class Period:
    """Prices of a period, the oldest first; the figures are None where there is no price."""

    low: float | None
    high: float | None
    average: float | None
    points: list[Point]


def period(hours: int) -> Period:
    """Prices of the last hours. Raises Unavailable."""
    try:
        with urllib.request.urlopen(f"{settings.API_URL}prices?hours={hours}", timeout=SECONDS) as answer:
            said = json.load(answer)
        points = [Point(datetime.fromisoformat(price["time"]), price["usd"]) for price in said["prices"]]
        return Period(said["min"], said["max"], said["average"], points)
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as error:
        raise Unavailable(f"{settings.API_URL}prices: {error}") from error
