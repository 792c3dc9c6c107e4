"""A line chart as geometry: everything here is numbers and text, prices/templates/prices/chart.svg draws it."""
import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Iterator, Sequence

from .api import Point

WIDTH, HEIGHT = 960, 380
LEFT, TOP, BOTTOM = 64, 12, 34
# More would be narrower than a finger or a pixel.
MOST_BANDS = 120
GAP = timedelta(hours=1.5)


@dataclass(frozen=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True)
class Band:
    """An upright strip that shows its price when pointed at."""

    left: float
    width: float
    x: float
    y: float
    time: datetime
    usd: float


@dataclass(frozen=True)
class Chart:
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    floor: int = HEIGHT - BOTTOM
    # Paths of SVG, one for each stretch without a missing hour.
    lines: list[str] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)
    prices: list[Tick] = field(default_factory=list)
    times: list[Tick] = field(default_factory=list)
    bands: list[Band] = field(default_factory=list)
    last: Band | None = None


def draw(points: Sequence[Point], hours: int, now: datetime) -> Chart:
    """The chart of the points in the `hours` before `now`; no points give a chart without a line."""
    start = now - timedelta(hours=hours)
    if not points:
        return Chart(times=list(_times(start, hours)))
    low, high = min(point.usd for point in points), max(point.usd for point in points)
    room = max((high - low) * 0.08, high * 0.0005)
    low, high = low - room, high + room

    def x(time: datetime) -> float:
        return _x(time, start, hours)

    def y(usd: float) -> float:
        return round(TOP + (high - usd) / (high - low) * (HEIGHT - TOP - BOTTOM), 1)

    lines, areas = [], []
    for stretch in _stretches(points):
        line = "M" + " L".join(f"{x(point.time)} {y(point.usd)}" for point in stretch)
        # A single hour between two gaps is a dot of the line's own width.
        lines.append(line if len(stretch) > 1 else f"{line} h0.1")
        areas.append(f"{line} V{HEIGHT - BOTTOM} H{x(stretch[0].time)} Z")
    shown = points[:: math.ceil(len(points) / MOST_BANDS)]
    width = (WIDTH - LEFT) / min(hours, MOST_BANDS)
    bands = [_band(point, x(point.time), y(point.usd), width) for point in shown]
    return Chart(
        lines=lines,
        areas=areas,
        # A line just above the floor would only thicken it.
        prices=[Tick(y(usd), f"${usd:,.0f}") for usd in _round_numbers(low, high) if y(usd) < HEIGHT - BOTTOM - 12],
        times=list(_times(start, hours)),
        bands=bands,
        last=_band(points[-1], x(points[-1].time), y(points[-1].usd), width),
    )


def _x(time: datetime, start: datetime, hours: int) -> float:
    return round(LEFT + (time - start) / timedelta(hours=hours) * (WIDTH - LEFT), 1)


def _band(point: Point, x: float, y: float, width: float) -> Band:
    return Band(round(x - width / 2, 1), round(width, 1), x, y, point.time, point.usd)


def _stretches(points: Sequence[Point]) -> Iterator[list[Point]]:
    """Runs of points without a missing hour: a line across an hour that nobody recorded would be made up."""
    stretch: list[Point] = []
    for point in points:
        if stretch and point.time - stretch[-1].time > GAP:
            yield stretch
            stretch = []
        stretch.append(point)
    yield stretch


def _round_numbers(low: float, high: float) -> list[float]:
    """Three to six round numbers between low and high."""
    rough = (high - low) / 5
    power = 10 ** math.floor(math.log10(rough))
    step = next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= rough)
    first = math.ceil(low / step)
    return [number * step for number in range(first, math.floor(high / step) + 1)]


def _times(start: datetime, hours: int) -> Iterator[Tick]:
    """Full hours for a day, midnights for more."""
    every, form = (4, "%H:%M") if hours <= 48 else (24, "%a %-d") if hours <= 24 * 10 else (24 * 5, "%-d %b")
    time = start.replace(hour=0, minute=0, second=0, microsecond=0)
    while (time := time + timedelta(hours=every)) < start + timedelta(hours=hours):
        # A label needs room on both sides.
        if LEFT + 20 < (at := _x(time, start, hours)) < WIDTH - 20:
            yield Tick(at, time.strftime(form))
