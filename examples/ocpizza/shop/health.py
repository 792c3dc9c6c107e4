"""What watches the site asks here."""
import logging
import time

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

log = logging.getLogger(__name__)


@never_cache
def ready(_request: HttpRequest) -> JsonResponse:
    """200 when a request can be served, the database included; else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except (DatabaseError, InterfaceError) as error:
        log.error("database does not answer: %s", error)
        return JsonResponse({"status": "database unavailable", "release": settings.RELEASE}, status=503)
    return JsonResponse({"status": "ok", "release": settings.RELEASE})


@never_cache
def live(_request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers, whatever the database does."""
    return JsonResponse({"status": "ok", "release": settings.RELEASE})


@never_cache
def slow(_request: HttpRequest) -> JsonResponse:
    """Waits 50 ms, as a request does that waits for the database: for load tests."""
    time.sleep(0.05)
    return JsonResponse({"status": "ok"})
