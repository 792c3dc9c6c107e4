"""A backup becomes the site's data: restored beside what serves, checked, then switched in one step. What served is kept under another
name until `restore --drop-old`, and `restore --undo` changes back."""
import datetime
import json
import os
from contextlib import contextmanager

from . import apply, backup, files, signals
from .errors import CommandFailed, HostError
from .repository import DUMP, TIMEOUT, Repository

# Names of databases, after the app's own.
RESTORING = "restoring"


def restore(host, name, confirm):
    """Restore a backup ("latest" or an ID) and switch to it. `confirm` is asked with one sentence before anything is done.
    Raises HostError with everything as it was when the backup is damaged, a check fails, or the services do not come up on it."""
    chosen, database, repository = backup.settings_or_fail(host.paths), backup.open_database(host), Repository(host)
    with backup.turn(host, "restore"):
        found = repository.find(name)
        age = round(host.system.time() - found.seconds)
        confirm(f"database {database.name} goes back to backup {found.id}, {age} s old; what serves now is kept beside it")
        return bring(host, chosen, database, repository, found, apply.restart)


def bring(host, chosen, database, repository, found, move):
    """Put a backup or restore point in the place of what serves, then have the services `move(host)` to it. Needs backup.turn()."""
    age = round(host.system.time() - found.seconds)
    host.log.step("RESTORE")
    incoming = database.beside(RESTORING)
    with restored(host, database, repository, found, incoming):
        # What the description asks of today's schema says nothing of an older one.
        verdicts = [] if found.release else checked(host, database, incoming, chosen.checks)
        failed = [verdict for verdict in verdicts if not verdict["ok"]]
        if failed:
            raise HostError(f"backup {found.id}: {_failure(failed[0])}; database {database.name} was not touched")
        media = _bring_media(host, repository, found, chosen)
        kept = _switch(host, database, incoming, "before", media)
    _roll(host, database, kept, move)
    return {"id": found.id, "ageSeconds": age, "database": database.name, "kept": kept["database"], "checks": verdicts}


def undo(host):
    """Change back to what the last restore (or undo) put aside."""
    database = backup.open_database(host)
    with backup.turn(host, "restore"):
        record = _record(host)
        if not record or not record["database"] or not database.exists(record["database"]):
            raise HostError("restore: nothing is kept to change back to")
        host.log.step("RESTORE-UNDO")
        kept = _switch(host, database, record["database"], "undone", _kept_media(host, record))
        _roll(host, database, kept, apply.restart)
        return {"database": database.name, "kept": kept["database"]}


def drop_old(host):
    """Remove what restores put aside: databases and media. Returns their names."""
    database = backup.open_database(host)
    with backup.turn(host, "restore"):
        gone = database.others()
        host.log.step("RESTORE-DROP")
        with host.log.event("Kept-data-removal", ", ".join(gone)):
            for name in gone:
                database.drop(name)
            for folder in sorted(host.paths.data.glob(".aside-*")) + sorted(host.paths.data.glob(".incoming-*")):
                files.remove_tree(folder)
            files.remove(_record_path(host))
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
                sha256, size, _ = host.system.pipe(["restic", "dump", found.dump, f"/{DUMP}"], command, source_env=repository.env, sink_env=env,
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
        database.drop(name)


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


def _bring_media(host, repository, found, chosen):
    """Unpack the media of a backup beside those that serve: {path: folder}."""
    if not found.media:
        return {}
    place = host.paths.data / f".incoming-{found.id}"
    files.remove_tree(place)
    with host.log.event("Media-restoration", ", ".join(chosen.paths)):
        repository.restic("restore", "--quiet", found.media, "--target", str(place))
    unpacked = {path: place / str(host.paths.data / path).lstrip("/") for path in chosen.paths}
    return {path: folder for path, folder in unpacked.items() if folder.is_dir()}


def _switch(host, database, incoming, what, media):
    """Put `incoming` and the media in place; returns the record of what is kept instead. The record is there first, so that a run that is
    killed in between can be undone."""
    now = datetime.datetime.fromtimestamp(host.system.time(), datetime.timezone.utc)
    stamp = now.strftime("%Y%m%dt%H%M%Sz")
    kept, aside, before = database.beside(f"{what}_{stamp}"), host.paths.data / f".aside-{stamp}", _record(host)
    asides = {path: str((aside / path).relative_to(host.paths.data)) for path in media if (host.paths.data / path).exists()}
    record = {"database": kept if database.exists(database.name) else "", "media": asides}
    with signals.ignored(), host.log.event("Database-switch", kept):
        _write_record(host, record)
        try:
            database.switch(incoming, kept)
        except HostError:
            _write_record(host, before)
            raise
        for path, folder in media.items():
            there = host.paths.data / path
            if path in asides:
                (aside / path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                os.rename(there, aside / path)
            os.rename(folder, there)
    return record


def _roll(host, database, kept, move):
    """Services begin anew on the new data; when one cannot, the old data comes back."""
    try:
        move(host)
    except HostError as failure:
        if not kept["database"]:
            raise HostError(f"the data is restored, but the services do not start on it: {failure}") from None
        _switch(host, database, kept["database"], "undone", _kept_media(host, kept))
        raise HostError(f"the services do not start on the restored data, so the old data serves again: {failure}") from None


def _kept_media(host, record):
    """Folders that a switch put aside; one that was killed may have left some in their place."""
    folders = {path: host.paths.data / aside for path, aside in record["media"].items()}
    return {path: folder for path, folder in folders.items() if folder.is_dir()}


def _record_path(host):
    return host.paths.state / "restore.json"


def _write_record(host, record):
    files.write(_record_path(host), json.dumps(record).encode(), 0o644, host.system.ids("root", "root"))


def _record(host):
    """What the last switch put aside: {database, media: {path: folder below the data}}, or None."""
    try:
        return json.loads(_record_path(host).read_text())
    except FileNotFoundError:
        return None
