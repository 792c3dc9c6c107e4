"""A PostgreSQL of this host's own, for a drill where the app's is somebody else's service: empty at first, gone at the end."""
import secrets
import socket
from contextlib import contextmanager
from urllib.parse import quote

from ..machine import files
from ..machine.errors import HostError
from ..manifest import environment
from . import external
from .postgres import Postgres

UNIT = "webstack-scratch.service"
START_SECONDS = 130


@contextmanager
def place_for(host, database):
    """Where a copy of the app's database may be made: its own server, or one of this host while the block lasts. Raises HostError when that does not start."""
    if external.settings(host.paths) is None:
        yield database
        return
    port, password = _free_port(), secrets.token_urlsafe(24)
    host.log.mask.add({"PASSWORD": password})
    with host.log.event("Scratch-server-start"):
        _start(host, {"PORT": str(port), "PASSWORD": password})
    try:
        # On loopback, so without TLS. Named as the app's, after which the copy is called.
        yield Postgres(host.system, f"postgresql://scratch:{password}@127.0.0.1:{port}/{quote(database.name)}?sslmode=disable")
    finally:
        host.units.call("stop", [UNIT], check=False)
        host.units.call("reset-failed", [UNIT], check=False)


def _start(host, values):
    """The file with the password is there only while systemd reads it."""
    began = host.system.time()
    files.write(host.paths.scratch_env, environment.render(values), 0o600, host.system.ids("root", "root"))
    try:
        started = host.units.call("start", [UNIT], check=False, timeout=START_SECONDS)
    finally:
        files.remove(host.paths.scratch_env)
    if started.code != 0:
        raise HostError(f"{UNIT}: did not start\n{host.units.journal(UNIT, began)}".rstrip())


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
