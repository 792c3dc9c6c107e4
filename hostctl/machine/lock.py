"""The deployment lock: one deployment at a time. The kernel drops a flock with its holder, so a killed run never blocks the next one."""
import datetime
import fcntl
import json
import os
from contextlib import contextmanager

from .errors import Locked


@contextmanager
def locked(paths, system, verb, wait=0, lock=None):
    """Hold the host's lock (or another one) while the block runs; wait up to `wait` seconds for it. Raises Locked, which names the holder."""
    paths.run.mkdir(parents=True, exist_ok=True)
    lock = lock or paths.lock
    handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        deadline = system.monotonic() + wait
        # holder() has the lock for an instant, which is no reason to refuse a deployment.
        glances = 5
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if system.monotonic() >= deadline:
                    glances -= 1
                    if glances == 0 or holder(lock) is not None:
                        raise Locked(_refusal(lock)) from None
                system.sleep(0.2)
        now = datetime.datetime.fromtimestamp(system.time(), datetime.timezone.utc).isoformat(timespec="seconds")
        note = {"verb": verb, "who": os.environ.get("SUDO_USER") or os.environ.get("USER") or "root", "pid": os.getpid(), "since": now}
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps(note).encode(), 0)
        yield
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def holder(lock):
    """Who holds a lock: {verb, who, pid, since}, or None."""
    try:
        handle = os.open(lock, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return None
    except BlockingIOError:
        try:
            return json.loads(os.pread(handle, 4096, 0))
        except ValueError:
            # The holder has the lock and has not yet written its note.
            return {"verb": "unknown", "who": "unknown", "pid": 0, "since": "just now"}
    finally:
        os.close(handle)


def _refusal(lock):
    by = holder(lock)
    if by is None:
        return "lock: was held until a moment ago; run the command again"
    return (f"lock: held by {by['who']} for `{by['verb']}` since {by['since']} (process {by['pid']}); "
            "wait for it, or give --lock-wait SECONDS")
