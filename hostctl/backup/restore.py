"""A backup becomes the site's data: restored beside what serves, checked, then switched: all of it, or it is turned back. What served is kept
under another name until `restore --drop-old`, and `restore --undo` changes back."""
from contextlib import contextmanager

from ..database import admin, external
from ..database.database import DUMP_SECONDS
from ..database.dump_file import DumpFile
from ..deploy import apply
from ..deploy.deploy import recover
from ..machine import files
from ..machine.errors import CommandFailed, HostError
from . import backup, media, switch
from .repository import Repository, age_text

# Names of databases, after the app's own.
RESTORING = "restoring"


def restore(host, name, confirm):
    """Restore a backup ("latest" or an ID) and switch to it. `confirm` is asked with one sentence before anything is done.
    Raises HostError with everything as it was when the backup is damaged, a check fails, or the services do not come up on it."""
    chosen, database, repository = backup.settings_or_fail(host.paths), admin.app_database(host), Repository(host)
    with backup.turn(host, "restore"):
        found = repository.find(name)
        age = round(host.system.time() - found.seconds)
        confirm(f"database {database.name} goes back to backup {found.id}, {age_text(age)}; what serves now is kept beside it")
        return bring(host, chosen, database, repository, found, apply.restart)


def restore_dump(host, path, confirm):
    """As restore(), of a dump in a file of this host; the media stay as they are."""
    chosen, database = backup.settings_or_fail(host.paths), admin.app_database(host)
    with backup.turn(host, "restore"):
        found = DumpFile(path, database)
        confirm(f"database {database.name} becomes what {found.id} holds; what serves now is kept beside it, and the media stay as they are")
        return bring(host, chosen, database, found, found, apply.restart)


def bring(host, chosen, database, repository, found, move, release=None):
    """Put a backup or restore point in the place of what serves, then have the services `move(host)` to it. Where that brings another `release`
    (its digest), both come or neither does, whatever interrupts this; without one the data stay once they have switched. Needs backup.turn()."""
    age = round(host.system.time() - found.seconds)
    host.log.step("RESTORE")
    external.needs_databases(host, database)
    _settle(host, database)
    incoming = database.beside(RESTORING)
    with restored(host, database, repository, found, incoming):
        # What the description asks of today's schema says nothing of an older one.
        verdicts = [] if found.release else checked(host, database, incoming, chosen.checks)
        failed = [verdict for verdict in verdicts if not verdict["ok"]]
        if failed:
            raise HostError(f"backup {found.id}: {_failure(failed[0])}; database {database.name} was not touched")
        with media.unpacked(host, repository, found, chosen.paths) as folders:
            kept = _change(host, database, incoming, "before", folders, move, release)
    return {"id": found.id, "ageSeconds": age, "database": database.name, "kept": kept["database"], "checks": verdicts}


def undo(host):
    """Change back to what the last restore (or undo) put aside; after one that was killed half-way, only what that one has changed, and
    nothing where the release that it was for serves. `kept` is None then, and `back` says whether it went back."""
    database = admin.app_database(host)
    with backup.turn(host, "restore"):
        interrupted = switch.read(host.paths.restoring) or {}
        back = _settle(host, database)
        if back or interrupted.get("release"):
            return {"database": database.name, "kept": None, "back": back}
        record = switch.read(host.paths.restored)
        if not record or not record["database"] or not database.exists(record["database"]):
            raise HostError("restore: nothing is kept to change back to")
        host.log.step("RESTORE-UNDO")
        kept = _change(host, database, record["database"], "undone", switch.kept_media(host, record), apply.restart)
        return {"database": database.name, "kept": kept["database"]}


def settle(host):
    """End a switch that was interrupted, as undo() and the next restore do. Returns what came of it, in words."""
    if not host.paths.restoring.exists():
        return "no restore was interrupted"
    database = admin.app_database(host)
    with backup.turn(host, "restore"):
        host.log.step("RESTORE-RECOVERY")
        with host.log.event("Switch-settling"):
            back = _settle(host, database)
    return settled(database.name, back)


def settled(name, back):
    """What came of a restore that was interrupted, in words."""
    return f"database {name} and the media: are what {'they were before the restore that was interrupted' if back else 'was restored'}"


def drop_old(host):
    """Remove what restores put aside: databases and media. Returns their names."""
    database = admin.app_database(host)
    with backup.turn(host, "restore"):
        _settle(host, database)
        gone = database.others()
        host.log.step("RESTORE-DROP")
        with host.log.event("Kept-data-removal", ", ".join(gone)):
            for name in gone:
                database.drop(name)
            chosen = backup.settings(host.paths)
            media.drop(host.paths, chosen.paths if chosen else ())
            files.remove(host.paths.restored)
        return gone


@contextmanager
def restored(host, database, repository, found, name):
    """A database of this name with the backup in it, while the block lasts; the block may give it another name. Raises HostError
    when a block of the backup is damaged or missing, or the server refuses any of it."""
    with host.log.event("Database-creation", name):
        database.create(name)
    try:
        with host.log.event("Database-restoration", found.id) as facts:
            try:
                command, env = database.load(name)
                source, source_env = repository.source(found)
                sha256, size, _ = host.system.pipe(source, command, source_env=source_env, sink_env=env, timeout=DUMP_SECONDS)
            except CommandFailed as failure:
                raise HostError(f"backup {found.id}: cannot be restored; database {database.name} was not touched\n{failure}") from None
            if found.sha256 and sha256 != found.sha256:
                raise HostError(f"backup {found.id}: its dump must have SHA-256 {found.sha256}, got {sha256}; database {database.name} was not touched")
            facts["detail"] = f"{size} bytes"
        with host.log.event("Database-statistics"):
            database.analyze(name)
        yield
    finally:
        try:
            database.drop(name)
        except CommandFailed as failure:
            # Whatever has come of the block, this must not hide it.
            host.log.say(f"database {name}: could not be removed, and is made anew by the next run\n{failure}")


def checked(host, database, name, checks):
    """[{sql, expect, got, ok}]: what a restored database answers."""
    found = []
    with host.log.event("Checks", f"{len(checks)} of the description"):
        for sql, expect in checks:
            try:
                got = database.ask(sql, name, read_only=True)
            except CommandFailed as failure:
                got = failure.output.strip()
            found.append({"sql": sql, "expect": expect, "got": got, "ok": got == expect})
    return found


def _failure(verdict):
    return f"`{verdict['sql']}` must give {verdict['expect']!r}, got {verdict['got']!r}"


def _settle(host, database):
    # The deployment first: by the release that then serves, the switch is done or goes back.
    recover(host)
    return switch.settle(host, database)


def _change(host, database, incoming, what, folders, move, release=None):
    """Switch to `incoming` and the media, and have the services begin anew on them by `move(host)`; where they cannot, the old data comes back.
    Returns the record of what is kept."""
    kept = switch.make(host, database, incoming, what, folders, release)
    try:
        move(host)
        switch.finish(host.paths)
    except Exception as failure:
        if release and switch.serves(host.paths, release):
            # A signal once the release serves, or a disk that takes no record: no failure may say that it does not.
            switch.finish(host.paths)
            return kept
        try:
            if release:
                back = switch.settle(host, database)
            elif back := bool(kept["database"]):
                switch.make(host, database, kept["database"], "undone", switch.kept_media(host, kept))
        except (HostError, OSError) as second:
            raise HostError(f"the services do not start on the restored data: {failure}\nThe old data could not be put back: {second}\n"
                            "Mend that and run `hostctl restore --undo`") from failure
        if not back:
            raise HostError(f"the data is restored, but the services do not start on it: {failure}") from failure
        raise HostError(f"the services do not start on the restored data, so the old data serves again: {failure}") from failure
    return kept
