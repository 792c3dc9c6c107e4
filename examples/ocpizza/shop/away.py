"""A database that is away costs a visitor moments, not minutes: 503 at once, and service again as soon as it is back."""
import logging
import threading
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse

Next = Callable[[HttpRequest], HttpResponse]

# Answers whatever the database does.
ALIVE = "/livez"
# What may be asked twice: https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1
SAFE = ("GET", "HEAD", "OPTIONS")
log = logging.getLogger(__name__)


class DatabaseAway:
    """Middleware. After a request that could not reach the database one request at a time tries again, that one first, and the others
    are told so without trying: threads that all wait for a connection would leave none for the pages that need no database."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self.away = threading.Event()
        self.trying = threading.Lock()
        self.failed = threading.local()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self.away.is_set() and request.path != ALIVE and not self._is_back():
            return _unavailable()
        self.failed.here = False
        response = self.get_response(request)
        if self.failed.here and self._is_back() and request.method in SAFE:
            return self.get_response(request)
        return response

    def process_exception(self, request: HttpRequest, failure: Exception) -> HttpResponse | None:
        """A statement that was cancelled or a lock not had is the page's own fault; the connection still works then."""
        if not isinstance(failure, (OperationalError, InterfaceError)) or connection.is_usable():
            return None
        log.warning("database lost at %s: %s", request.path, " ".join(str(failure).split()))
        self.away.set()
        self.failed.here = True
        return _unavailable()

    def _is_back(self) -> bool:
        if not self.trying.acquire(blocking=False):
            return False
        try:
            connection.close()
            connection.ensure_connection()
        except (OperationalError, InterfaceError):
            return False
        else:
            self.away.clear()
            return True
        finally:
            self.trying.release()


def _unavailable() -> HttpResponse:
    return HttpResponse("Our kitchen cannot be reached. Please try again in a moment.\n", status=503, content_type="text/plain",
                        headers={"Retry-After": "5", "Cache-Control": "no-store"})
