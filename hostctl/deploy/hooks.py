"""Hooks of a deployment: what backups and monitoring do before and after it, handed in by verbs/host.py, so that a deployment knows neither of them."""
from collections.abc import Callable
from typing import NamedTuple


class Hooks(NamedTuple):
    # settle(host): before a deployment looks at the machine, end a restore that waits for its release. Raises HostError where it cannot.
    settle: Callable
    # save(host, manifest): take a restore point before the steps of a release; its record for the history, or None. Raises HostError where it cannot.
    save: Callable
    # restore(host, digest, move): put the restore point of a release in the place of the data, then move(host) the services to that release.
    restore: Callable
    # Once a release serves: (what a failure leaves undone, in words; call(host, digest)). A failure is a warning.
    announce: tuple[tuple[str, Callable], ...]
