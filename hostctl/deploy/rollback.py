"""`rollback`: the code of an earlier release, and where the database has moved on since, the database with it."""
from ..backup import backup, restore, restore_point
from ..backup.repository import Repository
from ..database import admin
from ..machine.errors import CommandFailed, HostError
from ..release import history, schema, slots
from ..release.release import at_hand, do_steps
from . import apply
from .deploy import deploy


def rollback(host, digest=None, down=False, point=False):
    """Move back to a release that is on the host (by default the one that served before; after a rollback, the one before that), without its steps. What is declared
    stays, so `verify` reports the difference and the next `apply` moves forward again. Where the database has moved on since, it is refused, or
    comes after the down step when `down` is set, or with the restore point when `point` is set."""
    manifest = apply.manifest_of(host)
    digest = digest or _previous(host)
    if not at_hand(host.paths, digest):
        raise HostError(f"release {digest}: is not on this host; `hostctl releases` lists those that are")
    changes, serving = apply.all_services(host, manifest, digest), slots.current(host.paths)
    way = schema.before_rollback(host, manifest, digest, down, point)

    def move(host):
        deploy(host, manifest.with_digest(digest), changes, run_steps=False)

    if way == "restore":
        _with_point(host, digest, move)
    else:
        try:
            move(host)
        except HostError:
            if way == "down":
                # The serving release goes on, and needs its schema.
                do_steps(host, manifest.with_digest(serving))
            raise
    host.log.say(f"release {digest} serves now, in place of {serving}; `hostctl rollback {serving}` goes forward to that one, the next `up` to what its source is")


def _with_point(host, digest, move):
    chosen, database, repository = backup.settings_or_fail(host.paths), admin.app_database(host), Repository(host)
    with backup.turn(host, "rollback"):
        found = restore_point.find(host, repository, digest)
        done = restore.bring(host, chosen, database, repository, found, move, digest)
        since = _written_since(database, done["kept"])
    host.log.say(f"database {database.name}: is restore point {found.id}, {done['ageSeconds']} s old; what was written since is in {done['kept']} only: "
                 f"{since}; `hostctl restore --drop-old` removes it")


def _written_since(database, kept):
    """What the database that served has more of (or less), in words."""
    try:
        then, now = database.rows(database.name), database.rows(kept)
    except CommandFailed:
        return "its rows could not be counted"
    found = [f"{table} {rows - then[table]:+} rows" for table, rows in now.items() if rows != then.get(table, rows)]
    found += [f"{table} (new table) {rows} rows" for table, rows in now.items() if table not in then]
    return ", ".join(found) or "no table has another number of rows"


def _previous(host):
    entries, serving = history.read(host.paths), slots.current(host.paths)
    there = [digest for digest in history.previous(entries, serving) if at_hand(host.paths, digest)]
    for digest in reversed(history.line(entries)):
        if digest in there:
            return digest
    forward = f"{there[0]} served after it: `hostctl rollback {there[0]}` goes forward to that one" if there else "`hostctl releases` lists those that served"
    raise HostError(f"no earlier release than {serving} is on this host; {forward}")
