"""Retry until the database is reachable: whether the database lets this host in: a cloud may take a moment to open its database to a machine that it has just made."""
from urllib.parse import urlsplit

from ..machine.errors import HostError
from ..manifest import environment
from .engines import ENGINES

PORTS = {scheme: engine.PORT for scheme, engine in ENGINES.items()}
SECONDS = 120
EACH = 5


def wait(host):
    """Return once the database takes a connection, at once where there is none. Raises HostError after two minutes, before any step has run."""
    env = environment.read(host.paths.env.read_bytes()) if host.paths.env.exists() else {}
    url = urlsplit(env.get("DATABASE_URL", ""))
    if url.scheme not in PORTS or not url.hostname:
        return
    place = (url.hostname, url.port or PORTS[url.scheme])
    if host.system.connects(*place, EACH):
        return
    host.log.step("DATABASE")
    with host.log.event("Database-answer"):
        end = host.system.monotonic() + SECONDS
        while not host.system.connects(*place, EACH):
            if host.system.monotonic() > end:
                raise HostError(f"{place[0]}:{place[1]}: the database took no connection from this host for {SECONDS} s; look at its firewall and whether it runs")
            host.system.sleep(EACH)
