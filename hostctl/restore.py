"""A backup becomes the site's data: restored beside what serves, checked, then switched: all of it, or it is turned back. What served is kept
under another name until `restore --drop-old`, and `restore --undo` changes back."""
import datetime
import json
import os
from contextlib import contextmanager

from . import apply, backup, files, media, signals
from .errors import CommandFailed, HostError
from .repository import DUMP, TIMEOUT, Repository, age_text

# Names of databases, after the app's own.
RESTORING = "restoring"


def restore(host, name, confirm):
    """Restore a backup ("latest" or an ID) and switch to it. `confirm` is asked with one sentence before anything is done.
    Raises HostError with everything as it was when the backup is damaged, a check fails, or the services do not come up on it."""
    chosen, database, repository = backup.settings_or_fail(host.paths), backup.open_database(host), Repository(host)
    with backup.turn(host, "restore"):
        found = repository.find(name)
        age = round(host.system.time() - found.seconds)
        confirm(f"database {database.name} goes back to backup {found.id}, {age_text(age)}; what serves now is kept beside it")
        return bring(host, chosen, database, repository, found, apply.restart)


def bring(host, chosen, database, repository, found, move):
    """Put a backup or restore point in the place of what serves, then have the services `move(host)` to it. Needs backup.turn()."""
    age = round(host.system.time() - found.seconds)
    host.log.step("RESTORE")
    _settle(host, database)
    incoming = database.beside(RESTORING)
    with restored(host, database, repository, found, incoming):
        # What the description asks of today's schema says nothing of an older one.
        verdicts = [] if found.release else checked(host, database, incoming, chosen.checks)
        failed = [verdict for verdict in verdicts if not verdict["ok"]]
        if failed:
            raise HostError(f"backup {found.id}: {_failure(failed[0])}; database {database.name} was not touched")
        with media.unpacked(host, repository, found, chosen.paths) as folders:
            kept = _change(host, database, incoming, "before", folders, move)
    return {"id": found.id, "ageSeconds": age, "database": database.name, "kept": kept["database"], "checks": verdicts}


def undo(host):
    """Change back to what the last restore (or undo) put aside; after one that was killed half-way, only what that one has changed."""
    database = backup.open_database(host)
    with backup.turn(host, "restore"):
        if _settle(host, database):
            return {"database": database.name, "kept": None}
        record = _read(host.paths.restored)
        if not record or not record["database"] or not database.exists(record["database"]):
            raise HostError("restore: nothing is kept to change back to")
        host.log.step("RESTORE-UNDO")
        kept = _change(host, database, record["database"], "undone", _kept_media(host, record), apply.restart)
        return {"database": database.name, "kept": kept["database"]}


def recover(host):
    """At boot: turn back what an interrupted run changed of the media before it came to the database. Where it may have come to that, the
    database says what has happened, so systemd has settle() run once there is a network, and again until it answers."""
    record = _read(host.paths.restoring)
    if record and record["switching"]:
        host.system.run(["systemd-run", "--quiet", "--no-block", "--collect", "--unit=webstack-restore-recover", "--property=After=network-online.target",
                         "--property=Wants=network-online.target", "--property=Restart=on-failure", "--property=RestartSec=15", "--property=MemoryMax=256M",
                         "--property=TasksMax=64", "--", "/usr/local/bin/hostctl", "restore", "--recover", "--lock-wait", "300"])
    elif record:
        host.log.step("RESTORE-RECOVERY")
        with host.log.event("Media-turning-back"):
            _turn_media_back(host, record)


def settle(host):
    """End a switch that was interrupted, as undo() and the next restore do. Returns what came of it, in words."""
    if not host.paths.restoring.exists():
        return "no restore was interrupted"
    database = backup.open_database(host)
    with backup.turn(host, "restore"):
        host.log.step("RESTORE-RECOVERY")
        with host.log.event("Switch-settling"):
            back = _settle(host, database)
    return f"database {database.name} and the media: are what {'they were before the restore that was interrupted' if back else 'was restored'}"


def drop_old(host):
    """Remove what restores put aside: databases and media. Returns their names."""
    database = backup.open_database(host)
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
                sha256, size, _ = host.system.pipe(["restic", "dump", "--no-lock", found.dump, f"/{DUMP}"], command, source_env=repository.env, sink_env=env,
                                                   timeout=TIMEOUT)
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


def _change(host, database, incoming, what, folders, move):
    """Switch to `incoming` and the media, and have the services begin anew on them by `move(host)`; where they cannot, the old data comes back.
    Returns the record of what is kept."""
    kept = _switch(host, database, incoming, what, folders)
    try:
        move(host)
    except Exception as failure:
        if not kept["database"]:
            raise HostError(f"the data is restored, but the services do not start on it: {failure}") from failure
        try:
            _switch(host, database, kept["database"], "undone", _kept_media(host, kept))
        except (HostError, OSError) as second:
            raise HostError(f"the services do not start on the restored data: {failure}\nThe old data could not be put back: {second}\n"
                            "Mend that and run `hostctl restore --undo`") from failure
        raise HostError(f"the services do not start on the restored data, so the old data serves again: {failure}") from failure
    return kept


def _switch(host, database, incoming, what, folders):
    """Put `incoming` and the media in place; returns the record of what is kept instead. Any failure is turned back. The record is there
    first, so that a run that is killed in between is turned back by the next one."""
    paths = host.paths
    now = datetime.datetime.fromtimestamp(host.system.time(), datetime.timezone.utc)
    # With what it is: a switch and its turning back may come in one second.
    mark = f"{what}_{now.strftime('%Y%m%dt%H%M%Sz')}"
    kept, asides = database.beside(mark), media.asides(paths, folders, mark)
    moves = media.moves(paths, folders, asides)
    record = {"database": kept if database.exists(database.name) else "",
              "media": {path: aside for path, aside in asides.items() if any(to.startswith(aside) for _, to in moves)},
              "incoming": incoming, "moves": moves, "switching": False}
    with signals.ignored():
        _write(host, record)
        try:
            if moves:
                with host.log.event("Media-switch", ", ".join(folders)):
                    media.put(host, moves)
            # From here on the database alone knows whether it has switched.
            record = {**record, "switching": True}
            _write(host, record)
            with host.log.event("Database-switch", kept):
                database.switch(incoming, kept)
        except Exception as failure:
            raise HostError(f"{failure}\n{_turned_back(host, database)}") from failure
        _finish(paths)
    return record


def _turned_back(host, database):
    """Turn a switch back that has failed; what came of it, in words."""
    try:
        with host.log.event("Restore-turning-back"):
            back = _settle(host, database, keep=False)
    except (HostError, OSError) as second:
        return f"It could not be turned back: {second}\nMend that and run `hostctl restore --undo`"
    if not back:
        return f"Database {database.name} was not there before, so what has been restored stays"
    return f"It was turned back: database {database.name} and the media are what they were"


def _settle(host, database, keep=True):
    """End a switch that was interrupted or has failed. Media move before the database: where that has moved, all has, and counts as done if `keep` is
    set or nothing served before; otherwise what has moved goes back. Returns whether it went back."""
    record = _read(host.paths.restoring)
    if record is None:
        return False
    if record["switching"] and database.holds(record["database"] or database.name):
        if keep or not record["database"]:
            _finish(host.paths)
            return False
        database.drop(record["incoming"])
        database.switch(record["database"], record["incoming"])
    _turn_media_back(host, record)
    return True


def _turn_media_back(host, record):
    if record["moves"]:
        media.turn_back(host, record["moves"])
    files.remove(host.paths.restoring)


def _write(host, record):
    files.write(host.paths.restoring, json.dumps(record).encode(), 0o644, host.system.ids("root", "root"))


def _finish(paths):
    """The switch is done, and its record what the next undo() goes by. A rename needs no room on the disk."""
    os.rename(paths.restoring, paths.restored)
    files.sync(paths.state)


def _kept_media(host, record):
    """Folders that a switch put aside and that are still there."""
    return {path: aside for path, aside in record["media"].items() if (host.paths.data / aside).is_dir()}


def _read(path):
    """The record of a switch, or None: {database, media: {path: folder below the data}} that it put aside, {incoming, moves} that it put in their
    place, and whether it had come to `switching` the database."""
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        return None
