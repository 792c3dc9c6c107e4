"""A feed of prices: what CoinGecko answers to /coins/bitcoin/market_chart, or a file of the same form.
https://docs.coingecko.com/reference/coins-id-market-chart"""
import http.client
import json
import math
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

LARGEST = 5_000_000
SECONDS = 20
HOUR = timedelta(hours=1)


class HourlyPrice(NamedTuple):
    """Price in US dollars at a full hour, UTC."""

    time: datetime
    usd: Decimal


class FeedError(Exception):
    """The feed gave nothing that can be stored; the message says why."""


def read(url: str, now: datetime) -> list[HourlyPrice]:
    """Prices of the feed, the oldest first and one for each hour. A file is replayed: its points are hours that come round
    again, so that a rehearsal always has the last days. Raises FeedError."""
    if url.startswith("file:"):
        return _replay(_points(_file(url.removeprefix("file:"))), now)
    return _hourly(_points(_fetch(url)), now)


def _fetch(url: str) -> bytes:
    request = urllib.request.Request(url, headers={"Accept": "application/json", "User-Agent": "bitcoin-analyzer/1.0"})
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            text = answer.read(LARGEST + 1)
    except (OSError, http.client.HTTPException) as error:
        status = f"answered {error.code}" if isinstance(error, urllib.error.HTTPError) else f"did not answer: {error}"
        raise FeedError(f"{_shown(url)} {status}") from error
    if len(text) > LARGEST:
        raise FeedError(f"{_shown(url)} sent more than {LARGEST} bytes")
    return text


def _shown(url: str) -> str:
    """Without the query, which may hold an API key."""
    return url.partition("?")[0]


def _file(path: str) -> bytes:
    try:
        return Path(settings.BASE_DIR, path).read_bytes()
    except OSError as error:
        raise FeedError(f"{path} cannot be read: {error.strerror}") from error


def _points(text: bytes) -> list[tuple[float, float]]:
    try:
        points = json.loads(text)["prices"]
        if not isinstance(points, list) or not points:
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise FeedError('the feed must be JSON of the form {"prices": [[milliseconds, dollars], ...]} with one price at least') from None
    for place, point in enumerate(points):
        if not (isinstance(point, list) and len(point) == 2 and all(_is_positive(number) for number in point)):
            raise FeedError(f"prices.{place}: must be [milliseconds, dollars], both above 0, got {json.dumps(point)[:80]}")
    return [(milliseconds, dollars) for milliseconds, dollars in points]


def _is_positive(number: object) -> bool:
    return isinstance(number, (int, float)) and not isinstance(number, bool) and math.isfinite(number) and 0 < number < 1e15


def _dollars(number: float) -> Decimal:
    return Decimal(str(number)).quantize(Decimal("0.01"))


def _hourly(points: list[tuple[float, float]], now: datetime) -> list[HourlyPrice]:
    """The first point of each hour stands for it; the feed's own times lie some seconds behind the full hour."""
    hours: dict[datetime, Decimal] = {}
    for milliseconds, dollars in sorted(points):
        time = datetime.fromtimestamp(milliseconds / 1000, timezone.utc)
        if time > now + HOUR:
            raise FeedError(f"the feed has a price of {time:%Y-%m-%d %H:%M}, which has not been yet")
        hours.setdefault(time.replace(minute=0, second=0, microsecond=0), _dollars(dollars))
    return [HourlyPrice(time, usd) for time, usd in hours.items()]


def _replay(points: list[tuple[float, float]], now: datetime) -> list[HourlyPrice]:
    last = int(now.timestamp()) // 3600
    return [
        HourlyPrice(datetime.fromtimestamp(hour * 3600, timezone.utc), _dollars(points[hour % len(points)][1]))
        for hour in range(last - len(points) + 1, last + 1)
    ]
