"""The command line of hostctl: one verb is parsed, given the host and the lock, and its failure is told with an exit code."""
import os
import sys
import traceback

from ..machine import files, signals
from ..machine.errors import HostError, Locked
from ..machine.lock import locked
from ..machine.system import System
from ..manifest import runtime_inputs
from ..site import certificate
from . import app, backups, completion, controller_ini, deployments, host_secrets, logins, replacement, site, watching
from .host import Host
from .manual import Manual

FAILED, LOCKED = 1, 75
GROUPS = (("Deployments", deployments), ("The site", site), ("The app", app), ("Watching", watching), ("Backups", backups),
          ("The database's login", logins), ("Replacing this host", replacement), ("An option: controller.ini", controller_ini))


def main(words, root="/", system=None, echo=print, stdin=sys.stdin):
    """Run one verb; returns the exit code."""
    manual = parser()
    if not words:
        echo(manual.format_help())
        return 0
    args = manual.parse_args(words)
    host = Host.at(root, system or System(), args.verb, echo)
    if args.root and root == "/" and os.geteuid() != 0:
        print(f"hostctl: needs root; run sudo hostctl {' '.join(words)}", file=sys.stderr)
        return FAILED
    try:
        if not args.root:
            return args.run(host, args)
        host_secrets.hide(host)
        args.stdin = stdin
        if not args.locks:
            return args.run(host, args)
        signals.raise_on_signals()
        # Standard input first: a caller that sends it must not wait for the lock with a full pipe.
        args.inputs = runtime_inputs.parse_json(stdin.read() if getattr(args, "runtime_inputs", False) else "")
        args.before_lock(host)
        with locked(host.paths, host.system, args.verb, args.lock_wait):
            code = args.run(host, args)
        # Outside the lock, which putting the new certificate in place needs.
        if args.verb == "apply" and host.log.count > 0:
            certificate.order_after_apply(host)
        return code
    except Locked as refusal:
        return _fail(host, refusal, LOCKED)
    except HostError as failure:
        return _fail(host, failure)
    except Exception as failure:
        if isinstance(failure, OSError) and files.is_full_disk(failure):
            return _fail(host, "No space left on device; make room, then run the command again")
        # A fault of hostctl's own. What it shows of its values may be a secret.
        return _fail(host, f"{args.verb}: ended with a fault of its own\n{traceback.format_exc()}".rstrip())


def parser():
    """The parser of every verb."""
    manual = Manual()
    for title, verbs in GROUPS:
        verbs.add(manual.group(title))
    manual.group("The command line")("completion", lambda host, _args: host.log.say(completion.script(manual.verbs)) or 0, "print a function of bash that completes verbs and options",
                                     'Beside sudo it needs the package bash-completion.\n\n  eval "$(hostctl completion)"', locks=False, root=False)
    return manual


def _fail(host, text, code=FAILED):
    print(f"hostctl: {host.log.mask(str(text))}", file=sys.stderr)
    return code
