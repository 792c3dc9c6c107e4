"""The verbs of alerts and of the watchdog: what people type, and what the units run."""
import re

from ..machine import signals
from ..machine.errors import HostError
from ..machine.lock import locked
from ..manifest.manifest import UNIT
from ..monitor import alerts, drift, notifier, restart, watchdog


def add(verb):
    """Declare the verbs; `verb` is cli.py's."""
    one = verb("notify", _notify, "send a test message by every channel of alerts, or tell that a unit failed", locks=False)
    one.add_argument("unit", nargs="?", metavar="UNIT", help="what systemd says failed")
    verb("watch", _watch, "look at the host and tell what is amiss; webstack-watch.timer does it every minute", locks=False)
    verb("run-verify", _verify, "what webstack-drift.service runs", locks=False)
    verb("run-watchdog", _watchdog, "what webstack-watchdog.service runs", locks=False)
    one = verb("heal", _heal, "restart a service into its other slot, or nginx, if it gives no answer; the watchdog does it", locks=False)
    one.add_argument("name", metavar="SERVICE|nginx")
    one.add_argument("--lock-wait", type=float, default=0, metavar="SECONDS", help="for a service: wait for another run to end (default: 0)")


def _notify(host, args):
    if args.unit is None:
        found = notifier.test(host)
        for name, error in found.items():
            host.log.say(f"{name}: {error or 'taken'}")
        return 1 if any(found.values()) else 0
    if not re.fullmatch(UNIT, args.unit.replace("\\", "")):
        raise HostError(f"notify: must be given the name of a unit, got {args.unit!r}")
    alerts.look(host, args.unit)
    return 0


def _watch(host, _args):
    alerts.look(host)
    return 0


def _verify(host, _args):
    differences = drift.between_deployments(host)
    for line in differences:
        host.log.say(line)
    return 3 if differences else 0


def _watchdog(host, _args):
    watchdog.watch(host)


def _heal(host, args):
    if args.name == watchdog.NGINX:
        # Without the lock: a deployment does not end while it waits for nginx, and a restart of its own comes to the same.
        restart.nginx(host)
        return 0
    signals.raise_on_signals()
    with locked(host.paths, host.system, args.verb, args.lock_wait):
        restart.service(host, args.name)
    return 0
