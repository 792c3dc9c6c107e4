"""The verbs of hostctl. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 `verify` found differences, 75 another run holds the lock."""
import argparse
import json
import os
import re
import sys
import traceback
from pathlib import Path

from ..backup import switch
from ..database import login
from ..deploy import apply, handover, lifecycle, rollback, update
from ..deploy.compare import differences, stored, stored_or_fail
from ..deploy.deploy import recover
from ..machine import files, signals
from ..machine.errors import HostError, Locked
from ..machine.lock import locked
from ..machine.system import System
from ..manifest import manifest, runtime_inputs
from ..monitor import jobs, logs, monitoring, status
from ..release import one_off, prune, slots
from ..site import certificate, maintenance, pause
from . import argument_types, backup_verbs, host_secrets, monitoring_verbs
from .host import Host

FAILED, DRIFT, LOCKED = 1, 3, 75


def main(words, root="/", system=None, echo=print, stdin=sys.stdin):
    """Run one verb; returns the exit code."""
    parser = _parser()
    if not words:
        echo(parser.format_help())
        return 0
    args = parser.parse_args(words)
    host = Host.at(root, system or System(), args.verb, echo)
    if root == "/" and os.geteuid() != 0:
        print(f"hostctl: needs root; run sudo hostctl {' '.join(words)}", file=sys.stderr)
        return FAILED
    try:
        host_secrets.hide(host)
        args.stdin = stdin
        if not args.locks:
            return args.run(host, args)
        signals.raise_on_signals()
        # Standard input first: a caller that sends it must not wait for the lock with a full pipe.
        args.late = runtime_inputs.parse_json(stdin.read() if getattr(args, "late_stdin", False) else "")
        args.before_lock(host)
        with locked(host.paths, host.system, args.verb, args.lock_wait):
            code = args.run(host, args)
        # Outside the lock, which putting the new certificate in place needs.
        if args.run is _apply and host.log.count > 0:
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


def _fail(host, text, code=FAILED):
    print(f"hostctl: {host.log.mask(str(text))}", file=sys.stderr)
    return code


def _parser():
    parser = argparse.ArgumentParser(prog="hostctl", description="Operates one host of the stack.",
                                     epilog="Exit codes: 0 done, 1 failed, 2 wrong usage, 3 verify found differences, 75 locked by another run.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    def verb(name, run, says, *, locks=True, before_lock=lambda host: None):
        made = verbs.add_parser(name, help=says, description=says[0].upper() + says[1:] + ".")
        made.set_defaults(run=run, locks=locks, before_lock=before_lock)
        if locks:
            made.add_argument("--lock-wait", type=float, default=0, metavar="SECONDS", help="wait for another run to end (default: 0)")
        return made

    one = verb("apply", _apply, "make this machine as a manifest declares; changes only what differs")
    one.add_argument("manifest", metavar="MANIFEST", help="a manifest as JSON, or a bundle")
    one.add_argument("--late-stdin", action="store_true", help="read the app's environment and late files as JSON from standard input; empty input keeps what is there")
    emergency = "an emergency: run the steps even though the database cannot be saved before"
    one.add_argument("--without-restore-point", action="store_true", help=emergency)
    one = verb("verify", _verify, "list what differs from the manifest applied last; exit code 3 when something does", locks=False)
    one.add_argument("--json", action="store_true")
    one = verb("release", _release, "unpack a release from the inbox and move to it")
    one.add_argument("digest", type=_digest, metavar="DIGEST")
    one.add_argument("--without-restore-point", action="store_true", help=emergency)
    one = verb("rollback", _rollback, "move back to an earlier release, without running its steps")
    one.add_argument("digest", type=_digest, metavar="DIGEST", nargs="?", help="default: the release that served before")
    way = one.add_mutually_exclusive_group()
    way.add_argument("--down", action="store_true", help="undo migrations first, where the database has moved on since")
    way.add_argument("--restore", action="store_true", help="go back to the restore point of that schema; the database of now is kept beside it")
    one = verb("update", _update, "release the serving source with the files that a folder's controller.ini lists")
    one.add_argument("folder", metavar="FOLDER")
    one = verb("releases", _releases, "list the releases that served, the latest first", locks=False)
    one.add_argument("--json", action="store_true")
    one = verb("status", _status, "show what serves, what runs and who holds the lock; exit code 1 when a service or nginx hangs, the certificate is amiss or alerts could not be delivered", locks=False)
    one.add_argument("--json", action="store_true")
    verb("start", _call(lifecycle.start), "start the services, then nginx")
    verb("stop", _call(lifecycle.stop), "stop nginx, then the services")
    one = verb("restart", _call_with(apply.restart, "services"), "start services anew, slot by slot, so that no request fails")
    one.add_argument("services", nargs="*", type=_name, metavar="SERVICE", help="default: all of them")
    verb("renew", _renew, "order a new certificate with a new key now, and load it", locks=False)
    verb("install-certificate", _call(certificate.install), "load the certificate that was ordered last; its unit does this")
    verb("reload", _call(lifecycle.reload), "test nginx's configuration and load it")
    one = verb("maintenance", _maintenance, "answer visitors with a page and 503, or let them in again")
    one.add_argument("to", choices=("on", "off"))
    one.add_argument("--message", type=argument_types.message, metavar="TEXT", help="what visitors and apps are told; needed for on")
    end = one.add_mutually_exclusive_group()
    end.add_argument("--until", type=argument_types.moment, metavar="TIME", help="when it shall be over: HH:MM or YYYY-MM-DDTHH:MM, UTC; it goes on until `maintenance off`")
    end.add_argument("--minutes", type=argument_types.minutes, metavar="N", help="the same, from now on")
    one.add_argument("--allow", type=argument_types.network, nargs="+", default=[], metavar="CIDR", help="networks that are let in: 203.0.113.7/32")
    one = verb("pause", _call_with(pause.pause, "max"), "hold new requests, without failing them, until resume; returns once the app has none")
    one.add_argument("--max", type=argument_types.seconds, required=True, metavar="SECONDS", help="then they go on, resumed or not")
    verb("resume", _call(pause.resume), "let held requests go on, at once even while another run holds the lock", before_lock=pause.let_go)
    one = verb("run", _run, "run a job now, show what it says, and end with its exit code", locks=False)
    one.add_argument("job", type=_name, metavar="JOB")
    one = verb("exec", _exec, "run a command as the app: its user, its environment, the release that serves, which it cannot write", locks=False)
    one.add_argument("words", nargs=argparse.REMAINDER, metavar="WORDS", help="for example python manage.py createsuperuser")
    verb("dbshell", _dbshell, "the database's own client, with the app's rights", locks=False)
    one = verb("hand-over", _hand_over, "write what the next host needs of this one to standard output", locks=False)
    _what(one)
    one = verb("take-over", _take_over, "read what another host hands over; timers wait until in-service")
    _what(one)
    verb("in-service", _call(handover.in_service), "the site's address leads here now: let timers run, order the certificate if it is due", locks=False)
    verb("recover", _recover, "put the old state back after an interrupted run; the machine does this when it boots")
    verb("watch-login", _watch_login, "have systemd run follow-login if the cloud's store of secrets holds another login; a timer does this", locks=False)
    one = verb("follow-login", _follow_login, "take over the database login that the cloud's store of secrets holds now", locks=False)
    one.add_argument("--lock-wait", type=float, default=0, metavar="SECONDS", help="wait for another run to end (default: 0)")
    one = verb("rotate-database-password", _rotate, "make another login with a new password the app's, without a failed request")
    one.add_argument("--although-in-use", action="store_true", help="also while sessions of that login are open, as of whoever has a password that leaked")
    backup_verbs.add(verb)
    monitoring_verbs.add(verb)
    one = verb("logs", _logs, "show the log of a service, a job or the deployments", locks=False)
    one.add_argument("name", nargs="?", type=_name, metavar="SERVICE|JOB|deploy", help="default: nginx, all services and jobs")
    one.add_argument("-f", "--follow", action="store_true", help="go on with new lines as they come")
    one.add_argument("-n", "--lines", type=int, help="how many lines to begin with (default: 50, of deploy the last deployment)")
    return parser


def _digest(text):
    if not re.fullmatch(manifest.DIGEST, text):
        raise argparse.ArgumentTypeError(f"must be 16 hex digits, got {text!r}")
    return text


def _name(text):
    if not re.fullmatch(manifest.NAME, text):
        raise argparse.ArgumentTypeError(f"must be the name of a service or job, or deploy, got {text!r}")
    return text


def _call(verb):
    def run(host, _args):
        verb(host)
        return 0
    return run


def _call_with(verb, argument):
    def run(host, args):
        verb(host, getattr(args, argument))
        return 0
    return run


def _what(verb):
    what = verb.add_mutually_exclusive_group(required=True)
    what.add_argument("--all", dest="labels", action="store_const", const=handover.LABELS, help="the certificate, uploaded media and what is known of the releases")
    what.add_argument("--media", dest="labels", action="store_const", const=("media",), help="uploaded media only")


def _hand_over(host, args):
    handover.send(host, args.labels, sys.stdout.buffer)
    return 0


def _take_over(host, args):
    handover.take_over(host, args.labels, args.stdin.buffer)
    return 0


def _maintenance(host, args):
    if args.to == "off":
        if args.message or args.until or args.minutes or args.allow:
            raise HostError("maintenance off: takes no other words")
        maintenance.off(host)
        return 0
    if not args.message:
        raise HostError('maintenance on: needs --message "What visitors shall read"')
    until = host.system.time() + args.minutes * 60 if args.minutes else args.until and argument_types.next_moment(args.until, host.system.time())
    maintenance.on(host, args.message, until, args.allow)
    return 0


def _run(host, args):
    signals.raise_on_signals()
    return jobs.run(host, args.job)


def _exec(host, args):
    # What argparse leaves of the rest of a line begins with the -- that ends the options.
    command = args.words[1:] if args.words[:1] == ["--"] else args.words
    if not command:
        raise HostError("exec: needs the words of a command, for example hostctl exec python manage.py check")
    one_off.run(host, command)
    return 0


def _dbshell(host, _args):
    one_off.run(host, one_off.DATABASE_CLIENT)
    return 0


def _apply(host, args):
    declared, files = manifest.load(args.manifest), args.late.files
    if files is None:
        before = stored(host.paths)
        files = before.late_files() if before else {}
    if args.late.secrets is not None:
        host.log.mask.add({name: value for name, value in args.late.secrets.items() if isinstance(value, str)})
        monitoring.keep_secrets(host, args.late.secrets)
    apply.apply(host, declared.with_files(files), args.late.env, args.late.database_admin, database_from=args.late.database_from, save_database=not args.without_restore_point)
    try:
        prune.prune_bundles(host, Path(args.manifest))
    except OSError as failure:
        host.log.warn(f"the host is as declared, but bundles of before are not all removed; the next apply does that\n{failure}")
    return 0


def _release(host, args):
    apply.release(host, args.digest, save_database=not args.without_restore_point)
    return 0


def _rollback(host, args):
    rollback.rollback(host, args.digest, args.down, args.restore)
    return 0


def _recover(host, _args):
    try:
        recover(host)
    finally:
        switch.recover(host)
    return 0


def _watch_login(host, _args):
    login.watch(host, stored_or_fail(host.paths))
    return 0


def _follow_login(host, args):
    manifest = stored_or_fail(host.paths)
    env = login.look(host, manifest)
    if env is not None:
        # The lock only now: a look must not turn a deployment away.
        signals.raise_on_signals()
        with locked(host.paths, host.system, args.verb, args.lock_wait):
            apply.apply(host, manifest, env)
    return 0


def _rotate(host, args):
    manifest = stored_or_fail(host.paths)
    login.rotate(host, manifest, in_use=args.although_in_use)
    env = login.look(host, manifest)
    if env is not None:
        apply.apply(host, manifest, env)
    return 0


def _update(host, args):
    update.update(host, args.folder)
    return 0


def _verify(host, args):
    found = differences(host)
    host.log.say(json.dumps({"serving": slots.current(host.paths), "differences": found}, indent=1) if args.json else "\n".join(found) or "as declared")
    return DRIFT if found else 0


def _status(host, args):
    report = status.status(host)
    host.log.say(json.dumps(report, indent=1) if args.json else status.status_text(report))
    amiss = report["hangs"] or (report["certificate"] and report["certificate"]["fault"]) or report["alerts"]["undelivered"]
    return FAILED if amiss else 0


def _renew(host, _args):
    certificate.renew(host)
    return 0


def _releases(host, args):
    found = status.releases(host)
    host.log.say(json.dumps(found, indent=1) if args.json else status.releases_text(found))
    return 0


def _logs(host, args):
    host.system.become(logs.command(host, args.name, args.follow, args.lines))
    return 0
