"""What watches the front end asks here."""
import logging

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

log = logging.getLogger(__name__)


@never_cache
def ready(_request: HttpRequest) -> JsonResponse:
    """200 when the database answers, else 503. The API has a health page of its own."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError) as error:
        log.error("database does not answer: %s", error)
        return JsonResponse({"status": "database unavailable", "release": settings.RELEASE}, status=503)
    return JsonResponse({"status": "ok", "release": settings.RELEASE})


@never_cache
def live(_request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers, whatever the database does."""
    return JsonResponse({"status": "ok", "release": settings.RELEASE})
