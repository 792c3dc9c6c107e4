"""The verbs of watching: status, logs, alerts and the watchdog."""
import json
import re

from ..machine import signals
from ..machine.errors import HostError
from ..machine.lock import locked
from ..manifest.manifest import UNIT
from ..monitor import alerts, drift, logs, notifier, restart, status, watchdog
from . import argument_types

AMISS = 1


def add(verb):
    """Declare the verbs; `verb` is manual.py's."""
    one = verb("status", _status, "show what serves, what runs and who holds the lock", locks=False,
               exits={1: "failed, or a service or nginx hangs, the certificate is amiss, or alerts could not be delivered"})
    argument_types.add_json(one)
    one = verb("logs", _logs, "show the log of a service, a job or the deployments", locks=False, examples=["logs web -f", "logs deploy", "logs -n 200"])
    one.add_argument("name", nargs="?", type=argument_types.name, metavar="SERVICE|JOB|deploy", help="default: nginx, all services and jobs")
    one.add_argument("-f", "--follow", action="store_true", help="go on with new lines as they come")
    one.add_argument("-n", "--lines", type=int, help="how many lines to begin with (default: 50, of deploy the last deployment)")
    one = verb("notify", _notify, "send a test message by every channel of alerts, or tell that a unit failed", locks=False, exits={1: "failed, or a channel did not take it"})
    one.add_argument("unit", nargs="?", metavar="UNIT", help="what systemd says failed; webstack-alert@.service gives it")
    argument_types.add_json(one)
    one = verb("heal", _heal, "restart a service into its other slot, or nginx, if it gives no answer", "The watchdog does it.", locks=False, exits={75: "another run holds the lock"})
    one.add_argument("name", metavar="SERVICE|nginx", help="what gives no answer; one that does is left alone")
    argument_types.add_lock_wait(one)
    verb("watch", _watch, "look at the host once and tell what is amiss", "webstack-watch.timer does it every minute.", locks=False)
    verb("run-verify", _verify, "list what differs from the manifest applied last, at a moment without a deployment", "webstack-drift.service runs it.", locks=False, exits={3: "something differs"})
    verb("run-watchdog", _watchdog, "ask every service and nginx without end, and have what gives no answer restarted", "webstack-watchdog.service runs it.", locks=False)


def _status(host, args):
    report = status.status(host)
    host.log.say(json.dumps(report, indent=1) if args.json else status.status_text(report))
    amiss = report["hangs"] or (report["certificate"] and report["certificate"]["fault"]) or report["alerts"]["undelivered"]
    return AMISS if amiss else 0


def _logs(host, args):
    host.system.become(logs.command(host, args.name, args.follow, args.lines))
    return 0


def _notify(host, args):
    if args.unit is None:
        found = notifier.test(host)
        host.log.say(json.dumps(found, indent=1) if args.json else "\n".join(f"{name}: {error or 'taken'}" for name, error in found.items()))
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
