"""Locks in the repository: restic makes one for each run that writes there, and a run that is killed leaves it. Whether its holder is gone is
decided here. restic's own `unlock` takes a process number that is not in use for a holder that is gone wherever the names of the hosts are the
same, which those of a host and of its replacement are; and one that is in use, be it by another program, for one that lives."""
import json
import re
from contextlib import contextmanager, suppress
from typing import NamedTuple

from ..machine import files
from ..machine.errors import CommandFailed, HostError
from .repository import moment

# restic renews a lock every 5 minutes, and takes one of this age for stale. https://github.com/restic/restic/blob/v0.14.0/internal/restic/lock.go
STALE = 1800
MIND = "`sudo hostctl backups --unlock` looks again"


class Held(NamedTuple):
    host: str
    pid: int
    seconds: float
    exclusive: bool
    gone: bool

    def text(self, now):
        how = "locked for itself" if self.exclusive else "locked"
        return f"{how} by process {self.pid} on {self.host}, {round(now - self.seconds)} s ago{', which is gone' if self.gone else ', which may be at work'}"


class Unreadable(NamedTuple):
    """A lock that is empty or damaged, as a power cut of the repository's machine leaves it. restic 0.14 goes on beside it, later ones do not;
    its holder may be at work as far as anybody knows. https://github.com/restic/restic/issues/4143"""
    name: str
    exclusive: bool = True
    gone: bool = False

    def text(self, _now):
        return f"locked by somebody whom nobody can name, since lock {self.name[:8]} cannot be read"


@contextmanager
def writing(host, repository, exclusive=True):
    """The block writes to the repository. Locks whose holder is gone are removed first. Raises HostError that names a holder who may be at work,
    where the block needs the repository for itself or that one does."""
    found = held(host, repository)
    living = [one for one in found if not one.gone and (exclusive or one.exclusive)]
    if living:
        raise HostError("\n".join([*(f"repository: {one.text(host.system.time())}" for one in living), f"Run this again once that has ended; {MIND}"]))
    if found and all(one.gone for one in found):
        with host.log.event("Stale-locks-removal", "; ".join(one.text(host.system.time()) for one in found)):
            remove(repository)
    # Outlasts a run that does not come to its end, as its lock does.
    before, began = [] if all(one.gone for one in found) else _unfinished(host), host.system.time()
    _write(host, [*before, [began, None]])
    try:
        yield
    except Exception:
        # Its restic has ended with it: a lock that is made or renewed from now on is another's, be it of a host of the same name.
        with suppress(OSError):
            _write(host, [*before, [began, host.system.time()]])
        raise
    files.remove(host.paths.backup_writing)


def held(host, repository):
    """Every lock there is, those that cannot be read after the others, the oldest of which is the first, with the judgement whether its holder is gone:
    it has not been renewed for half an hour, or it was made on this host while a run was under way here that has not come to its end, and its process
    runs restic no more."""
    found, unfinished, now = [], _unfinished(host), host.system.time()
    locks = _locks(repository)
    for lock in filter(None, locks.values()):
        seconds = moment(lock["time"])
        ours = lock["hostname"] == host.system.name() and any(since - 1 < seconds and (until is None or seconds < until + 1) for since, until in unfinished)
        gone = now - seconds > STALE or (ours and not host.system.may_run(lock["pid"], "restic"))
        found.append(Held(lock["hostname"], lock["pid"], seconds, lock["exclusive"], gone))
    return [*sorted(found, key=lambda one: one.seconds), *(Unreadable(name) for name, lock in locks.items() if lock is None)]


def remove(repository):
    """Remove every lock."""
    repository.restic("unlock", "--remove-all", timeout=120)


def _locks(repository):
    """{name: lock as restic writes it, None where it cannot be read}"""
    found = {}
    for name in _names(repository):
        try:
            text = repository.restic("cat", "lock", name, "--no-lock", timeout=120)
        except CommandFailed:
            # Or its run has ended meanwhile. Asked anew, a repository that is away says so.
            if name in _names(repository):
                found[name] = None
            continue
        found[name] = json.loads(text[text.index("{"):text.rindex("}") + 1])
    return found


def _names(repository):
    return re.findall(r"^[0-9a-f]{64}$", repository.restic("list", "locks", "--no-lock", timeout=120), re.MULTILINE)


def _write(host, runs):
    files.write(host.paths.backup_writing, json.dumps(runs).encode(), 0o644, host.system.ids("root", "root"))


def _unfinished(host):
    """[(since, until)] of the runs here that wrote to the repository and have not come to their end; `until` of one that failed, None of one that was
    killed or is at work."""
    try:
        return [(since, until) for since, until in json.loads(host.paths.backup_writing.read_text())]
    except (FileNotFoundError, ValueError):
        return []
