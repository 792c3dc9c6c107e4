"""The engines that a DATABASE_URL may name."""
from urllib.parse import urlsplit

from ..machine.errors import HostError
from .mariadb import MariaDB
from .postgres import Postgres

ENGINES = {"postgresql": Postgres, "postgres": Postgres, "mysql": MariaDB}


def open_url(system, url, admin_url=None):
    """The database at a DATABASE_URL, with its administrator's where that is another login. Raises HostError for an engine that cannot be backed up."""
    engine = ENGINES.get(urlsplit(url).scheme)
    if engine is None:
        raise HostError("DATABASE_URL: must be of postgresql:// or mysql://, since only PostgreSQL, MySQL and MariaDB can be backed up")
    found = engine(system, url)
    if admin_url is not None:
        found.admin = engine(system, admin_url)
    return found
