"""The database, from one URL: PostgreSQL, MySQL, MariaDB or, for tests, SQLite."""
from typing import Any

import dj_database_url
import pymysql
from django.core.exceptions import ImproperlyConfigured

from .environment import whole_number

# Django's MySQL backend asks for MySQLdb, whose wheels do not exist; PyMySQL has its interface, in Python alone.
# https://pymysql.readthedocs.io/en/latest/user/resources.html
pymysql.install_as_MySQLdb()

# A migration that waits for a lock makes every later query wait behind it.
LOCK_SECONDS = 3


def database(url: str) -> dict[str, Any]:
    """Django's settings of the database at `url`. Its query goes to PostgreSQL's driver as it is (`sslmode`, `sslrootcert`); `ssl_ca`
    means for MySQL that the server's certificate and name are checked by that CA."""
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
    milliseconds = whole_number("DATABASE_STATEMENT_TIMEOUT_MS", 5000)
    if engine == "postgresql":
        # The same for a connection that is open: a database that fell silent would else be waited for for a quarter of an hour.
        # https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNECT-TCP-USER-TIMEOUT
        options.setdefault("tcp_user_timeout", 1000)
        limits = {"statement_timeout": milliseconds, "lock_timeout": LOCK_SECONDS * 1000}
        options["options"] = " ".join([options.get("options", ""), *(f"-c {k}={v}" for k, v in limits.items())]).strip()
    if engine == "mysql":
        if "ssl_ca" in options:
            # Not PyMySQL's own ssl_ca, which leaves the server's name unchecked.
            options["ssl"] = {"ca": options.pop("ssl_ca"), "check_hostname": True}
        # The first comment is read by MariaDB alone, the second by MySQL from 5.7.8 on. https://mariadb.com/kb/en/comment-syntax/
        options["init_command"] = (f"SET SESSION lock_wait_timeout = {LOCK_SECONDS}, innodb_lock_wait_timeout = {LOCK_SECONDS} "
                                   f"/*M! , max_statement_time = {milliseconds / 1000} */ /*!50708 , max_execution_time = {milliseconds} */")
    return settings
