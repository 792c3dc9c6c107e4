"""The database, from one URL."""
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from .environment import whole_number


def database(url: str) -> dict[str, Any]:
    """Django's settings of the database at `url`; its query (`sslmode`, `sslrootcert`) goes to the driver as it is."""
    try:
        settings: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    except ValueError as error:
        # Not the URL itself: it holds the password.
        raise ImproperlyConfigured(f"DATABASE_URL: must be postgres://, mysql:// or sqlite:/// with a name; {type(error).__name__}") from None
    options = settings.setdefault("OPTIONS", {})
    engine = settings["ENGINE"].rsplit(".", 1)[-1]
    if engine != "sqlite3":
        # A database that is away must cost a request seconds, not minutes.
        options.setdefault("connect_timeout", 3)
    if engine == "postgresql":
        # The same for a connection that is open: a database that fell silent would else be waited for for a quarter of an hour.
        # https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNECT-TCP-USER-TIMEOUT
        options.setdefault("tcp_user_timeout", 1000)
        # A migration that waits for a lock makes every later query wait behind it.
        limits = {"statement_timeout": whole_number("DATABASE_STATEMENT_TIMEOUT_MS", 5000), "lock_timeout": 3000}
        options["options"] = " ".join([options.get("options", ""), *(f"-c {k}={v}" for k, v in limits.items())]).strip()
    return settings
