"""The verbs of backups: what people type, and what the units and the deployment run."""
import json
import re
import sys

from ..backup import backup, drill, restore
from ..backup.repository import ID, age_text
from ..machine.errors import HostError
from . import argument_types


def add(verb):
    """Declare the verbs; `verb` is manual.py's."""
    one = verb("backup", _backup, "make a backup now, as the timer does", locks=False)
    argument_types.add_json(one)
    one = verb("backups", _backups, "list the backups, the newest first", locks=False, exits={1: "failed, or with --check: the newest one is older than its schedule allows"})
    argument_types.add_json(one)
    one.add_argument("--check", action="store_true", help="exit code 1 when the newest one is older than its schedule allows")
    one.add_argument("--unlock", action="store_true", help="name who holds the repository, and free it of those that are gone")
    one.add_argument("--holder-is-gone", action="store_true", help="with --unlock: also of those that this host cannot know to be gone")
    one = verb("restore", _restore, "put a backup in the place of the database and media; what serves is kept beside it",
               "The backup is restored beside what serves and checked, then switched: all of it, or none.", examples=["restore latest", "restore 20261122T060000Z --yes", "restore --undo"])
    what = one.add_mutually_exclusive_group(required=True)
    what.add_argument("id", nargs="?", metavar="ID", help="as `hostctl backups` lists it, or latest")
    what.add_argument("--dump", metavar="FILE", help="a dump on this host: pg_dump's custom format, or SQL of mariadb-dump, plain or by gzip")
    what.add_argument("--undo", action="store_true", help="change back to what the last restore put aside")
    what.add_argument("--recover", action="store_true", help="end a restore that was interrupted: done where the database has switched, else turned back")
    what.add_argument("--drop-old", action="store_true", help="remove what restores put aside")
    one.add_argument("--yes", action="store_true", help="do not ask")
    verb("drill", _drill, "restore the newest backup beside the site, check it and measure", "Prints its report as JSON.", locks=False, exits={1: "failed, or the backup did not pass a check"})
    verb("run-backup", _run_backup, "make a backup in this process, whose log tells what it did", f"{backup.UNIT} runs it; `hostctl backup` starts that.", locks=False)
    verb("run-drill", _run_drill, "make a drill in this process, whose log tells what it did", f"{drill.UNIT} runs it; `hostctl drill` starts that.", locks=False)
    verb("backup-key", _key, "make this host's SSH key for backups, once; prints its public line", locks=False)
    verb("backup-repository", _repository, "read restic's settings from standard input and make the repository, once", 'JSON such as {"RESTIC_REPOSITORY": "...", "RESTIC_PASSWORD": "..."}; the deployment sends it.', locks=False)


def _backup(host, args):
    backup.settings_or_fail(host.paths)
    backup.start(host, backup.UNIT)
    made = json.loads(host.paths.last_backup.read_text())
    host.log.say(json.dumps(made, indent=1) if args.json else f"backup {made['id']}: {made['bytes']} bytes in {made['seconds']} s")
    return 0


def _backups(host, args):
    if args.unlock or args.holder_is_gone:
        if not args.unlock:
            raise HostError("backups: --holder-is-gone goes with --unlock")
        host.log.say("\n".join(f"removed: {line}" for line in backup.unlock(host, args.holder_is_gone)) or "repository: is not locked")
        return 0
    found, state = backup.listing(host)
    if args.json:
        host.log.say(json.dumps({"backups": found, "state": state}, indent=1))
    else:
        lines = [f"{one['id']}  {age_text(one['ageSeconds'])}{'  with media' if one['media'] else ''}{'  restore point of release ' + one['restorePoint'] if one['restorePoint'] else ''}" for one in found]
        host.log.say("\n".join([*lines, backup.state_text(state)]))
    return 1 if args.check and state["stale"] else 0


def _restore(host, args):
    if args.undo:
        done = restore.undo(host)
        host.log.say(restore.settled(done["database"], done["back"]) if done["kept"] is None else
                     f"database {done['database']}: is what it was before; the other is kept as {done['kept']}")
    elif args.recover:
        host.log.say(restore.settle(host))
    elif args.drop_old:
        host.log.say(f"removed: {', '.join(restore.drop_old(host)) or 'nothing was kept'}")
    elif args.dump:
        _restored(host, restore.restore_dump(host, args.dump, lambda sentence: _confirm(host, args, sentence)))
    else:
        if args.id != "latest" and not re.fullmatch(ID, args.id):
            raise HostError(f"restore: must be given an ID such as 20261122T060000Z, or latest, got {args.id!r}")
        _restored(host, restore.restore(host, args.id, lambda sentence: _confirm(host, args, sentence)))
    return 0


def _restored(host, done):
    kept = f"; kept as {done['kept']}, `hostctl restore --undo` changes back" if done["kept"] else ""
    host.log.say(f"database {done['database']}: is backup {done['id']}{kept}")


def _confirm(host, args, sentence):
    if args.yes:
        return
    if not sys.stdin.isatty():
        raise HostError(f"restore: {sentence}; say --yes")
    host.log.say(f"{sentence}. Go on? [y/N]")
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise HostError("restore: nothing was done")


def _drill(host, _args):
    backup.settings_or_fail(host.paths)
    before = drill.last(host)
    try:
        backup.start(host, drill.UNIT)
    except HostError:
        if drill.last(host) == before:
            raise
    report = drill.last(host)
    host.log.say(json.dumps(report, indent=1))
    return 0 if report["ok"] else 1


def _run_backup(host, _args):
    backup.run(host)
    return 0


def _run_drill(host, _args):
    report = drill.run(host)
    host.log.say(json.dumps(report))
    return 0 if report["ok"] else 1


def _key(host, _args):
    host.log.say(backup.make_key(host))
    return 0


def _repository(host, args):
    backup.set_repository(host, args.stdin.read())
    return 0
