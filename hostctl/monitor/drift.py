"""Drift: what differs from the manifest applied last while nobody changes anything."""
from ..deploy.compare import differences
from ..machine import lock
from ..machine.errors import HostError

WAIT_SECONDS, PAUSE = 1800, 5


def between_deployments(host):
    """The differences. A deployment is waited for, and not kept waiting: the lock is looked at and not taken, and what one changed
    meanwhile is compared anew. Raises HostError when there is one for half an hour."""
    deadline = host.system.monotonic() + WAIT_SECONDS
    while host.system.monotonic() < deadline:
        before = _state(host)
        if before[0] is None:
            found, failure = [], None
            try:
                found = differences(host)
            except (HostError, OSError) as met:
                failure = met
            if _state(host) == before:
                if failure:
                    raise failure
                return found
        host.system.sleep(PAUSE)
    raise HostError(f"drift: a deployment was under way for {WAIT_SECONDS // 60} minutes, so nothing was compared")


def _state(host):
    """Who deploys, and when the last deployment ended."""
    paths = host.paths
    return lock.holder(paths.lock), paths.manifest.stat().st_mtime_ns if paths.manifest.exists() else None, paths.current.lstat().st_mtime_ns if paths.current.is_symlink() else None
