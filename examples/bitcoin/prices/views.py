"""The page: one chart, three periods."""
import logging
from datetime import datetime, timedelta, timezone

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from . import api, chart

log = logging.getLogger(__name__)

# Hours of each period, and what people call it.
PERIODS = {"24h": (24, "24 hours"), "7d": (24 * 7, "7 days"), "30d": (24 * 30, "30 days")}
DEFAULT = "24h"
# The collector comes every hour; a price older than this means that it did not.
STALE = timedelta(hours=2)


@require_safe
def chart_page(request: HttpRequest) -> HttpResponse:
    """The prices of `?period=`; 404 for a period that there is not, 503 while the API does not answer."""
    name = request.GET.get("period", DEFAULT)
    if name not in PERIODS:
        return not_found(request)
    hours, words = PERIODS[name]
    now = datetime.now(timezone.utc)
    page = {"periods": {key: value[1] for key, value in PERIODS.items()}, "period": name, "words": words}
    try:
        found = api.period(hours)
    except api.Unavailable as error:
        log.error("no prices from the API: %s", error)
        answer = render(request, "prices/unavailable.html", page, status=503)
        answer["Retry-After"] = "10"
        return answer
    points = found.points
    answer = render(request, "prices/chart.html", page | {
        "found": found,
        "chart": chart.draw(points, hours, now),
        "last": points[-1] if points else None,
        "change": (points[-1].usd / points[0].usd - 1) * 100 if points else None,
        "stale": bool(points) and now - points[-1].time > STALE,
    })
    answer["Cache-Control"] = "public, max-age=60"
    return answer


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "prices/not_found.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "prices/unavailable.html", {"periods": {}}, status=500)
