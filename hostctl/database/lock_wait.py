"""Lock timeout: a step of a release that waits for a lock of the database is ended: until it has the lock, whatever else asks for the table waits behind it,
so one long query of a visitor would hold up the whole site.

Settings of a session (lock_timeout) reach neither every driver nor through a pooler, so the server is asked who waits. A session is the
step's when it comes by one of the connections of the step's processes, or where a pooler is between by the name that PGAPPNAME gives it."""
import contextlib
import threading

from ..machine import sockets
from ..machine.errors import CommandFailed, HostError
from ..manifest import environment
from . import admin
from .engines import ENGINES

LOOK_SECONDS = 0.5
ENDED = "What else asks for it waits behind the step, so the step was ended: release again once it is free, or raise release.lockTimeoutSeconds"


class LockWait:
    """Looks on, from another thread, while the block that runs a step lasts; `ended` says afterwards why the step had to be ended, where it had."""

    def __init__(self, host, unit, name, seconds):
        self.host, self.unit, self.seconds = host, unit, seconds
        self.mark = f"{unit.removesuffix('.service')} {name}"
        self.database = _database(host)
        self.ended = ""
        # What the last look saw, and what kept it from seeing anything.
        self._waiting, self._blind = [], None
        self._over, self._thread = threading.Event(), threading.Thread(target=self._look_on)

    def __enter__(self):
        if self.database:
            # Where it cannot be asked, the step says so itself.
            with contextlib.suppress(CommandFailed):
                self.database.end_lost(self.mark)
            self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        if self.database:
            self._thread.join()
        if self._waiting and not self.ended:
            # A run that is interrupted leaves its step, and a step that ended by itself its sessions, to wait on.
            self._stop(self._waiting)
        if self._blind:
            self.host.log.warn(f"nobody saw whether the step waits for a lock of the database\n{self._blind}")

    def _look_on(self):
        since = {}
        while not self._over.wait(LOOK_SECONDS):
            try:
                waiting = self.database.waiting(sockets.of_unit(self.host.paths, self.unit), self.mark)
            except Exception as failure:
                # Whatever it is: a thread that ends in silence would leave the step to wait for ever.
                self._blind = failure if isinstance(failure, (HostError, OSError)) else repr(failure)
                continue
            self._waiting, self._blind = waiting, None
            now = self.host.system.monotonic()
            since = {one.key: since.get(one.key, now) for one in waiting}
            late = [one for one in waiting if now - since[one.key] >= self.seconds]
            if late:
                self.ended = "\n".join([*(f"waited {self.seconds} s for {one.what}, held by {one.holders or 'somebody who does not show'}" for one in late), ENDED])
                self._stop(waiting)
                return

    def _stop(self, waiting):
        # First the processes, which could try again; the server does not notice that they are gone while it waits for them.
        self.host.system.run(["systemctl", "kill", "--signal=KILL", "--", self.unit], check=False)
        for one in waiting:
            # One that has ended meanwhile is no failure, and the engine may call it one.
            with contextlib.suppress(CommandFailed):
                self.database.end(one)


def _database(host):
    env = environment.read(host.paths.env.read_bytes()) if host.paths.env.exists() else {}
    if env.get("DATABASE_URL", "").split(":", 1)[0] not in ENGINES:
        return None
    return admin.app_database(host)
