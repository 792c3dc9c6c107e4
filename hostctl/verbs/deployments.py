"""The verbs of deployments: apply, verify, release, roll back, and what ends a run that was interrupted."""
import json
from pathlib import Path

from ..backup import switch
from ..deploy import apply, rollback
from ..deploy.compare import differences
from ..deploy.deploy import recover
from ..manifest import manifest
from ..manifest.stored import stored
from ..monitor import monitoring, status
from ..release import prune, slots
from . import argument_types

DRIFT = 3
EMERGENCY = "an emergency: run the steps even though the database cannot be saved before"


def add(verb):
    """Declare the verbs; `verb` is manual.py's."""
    one = verb("apply", _apply, "make this machine as a manifest declares; changes only what differs",
               "One transaction: afterwards the machine is as declared, or as it was before. Says `unchanged` when nothing differs.")
    one.add_argument("manifest", metavar="MANIFEST", help="a manifest as JSON, or a bundle")
    one.add_argument("--runtime-inputs", action="store_true", help="read the app's environment, and files that are in no bundle, as JSON from standard input; empty input keeps what is there")
    one.add_argument("--without-restore-point", action="store_true", help=EMERGENCY)
    one = verb("verify", _verify, "list what differs from the manifest applied last", exits={3: "something differs"}, locks=False, examples=["verify", "verify --json"])
    argument_types.add_json(one)
    one = verb("release", _release, "unpack a release from the inbox and move to it",
               "The release is declared from then on. It starts in the idle slot and must answer on its health page before it gets requests; otherwise the old one serves on.")
    one.add_argument("digest", type=argument_types.digest, metavar="DIGEST", help="its 16 hex digits; its archive is in the inbox, or it is on this host")
    one.add_argument("--without-restore-point", action="store_true", help=EMERGENCY)
    one = verb("rollback", _rollback, "move back to an earlier release, without running its steps",
               "Each time one further. What is declared stays, so `verify` tells the difference, and the next `npm run up` moves forward again. "
               "Where the schema of the database has moved on since, it is refused without --down or --restore.",
               examples=["rollback", "rollback 0123456789abcdef", "rollback --restore"])
    one.add_argument("digest", type=argument_types.digest, metavar="DIGEST", nargs="?", help="default: the release that served before")
    way = one.add_mutually_exclusive_group()
    way.add_argument("--down", action="store_true", help="undo migrations first, where the database has moved on since")
    way.add_argument("--restore", action="store_true", help="go back to the restore point of that schema; the database of now is kept beside it")
    one = verb("releases", _releases, "list the releases that served, the latest first", locks=False)
    argument_types.add_json(one)
    one = verb("restart", _restart, "start services anew, slot by slot, so that no request fails", examples=["restart", "restart web"])
    one.add_argument("services", nargs="*", type=argument_types.name, metavar="SERVICE", help="default: all of them")
    verb("recover", _recover, "put the old state back after an interrupted run", "The machine does this when it boots, before nginx starts.")


def _apply(host, args):
    declared, files = manifest.load(args.manifest), args.inputs.files
    if files is None:
        before = stored(host.paths)
        files = before.late_files() if before else {}
    if args.inputs.secrets is not None:
        host.log.mask.add({name: value for name, value in args.inputs.secrets.items() if isinstance(value, str)})
        monitoring.keep_secrets(host, args.inputs.secrets)
    apply.apply(host, declared.with_files(files), args.inputs.env, args.inputs.database_admin, database_from=args.inputs.database_from,
                save_database=not args.without_restore_point)
    try:
        prune.prune_bundles(host, Path(args.manifest))
    except OSError as failure:
        host.log.warn(f"the host is as declared, but bundles of before are not all removed; the next apply does that\n{failure}")
    return 0


def _verify(host, args):
    found = differences(host)
    host.log.say(json.dumps({"serving": slots.current(host.paths), "differences": found}, indent=1) if args.json else "\n".join(found) or "as declared")
    return DRIFT if found else 0


def _release(host, args):
    apply.release(host, args.digest, save_database=not args.without_restore_point)
    return 0


def _rollback(host, args):
    rollback.rollback(host, args.digest, args.down, args.restore)
    return 0


def _releases(host, args):
    found = status.releases(host)
    host.log.say(json.dumps(found, indent=1) if args.json else status.releases_text(found))
    return 0


def _restart(host, args):
    apply.restart(host, args.services)
    return 0


def _recover(host, _args):
    try:
        recover(host)
    finally:
        switch.recover(host)
    return 0
