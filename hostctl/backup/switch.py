"""The cutover of a restore, its switch: the database and the media that serve for others, all of it or none. Its record is on the disk first, so that one
which was interrupted is settled later: by the boot, the next restore, `restore --undo` and, where it belongs to a release, the next deployment."""
import json
import os

from ..database import admin
from ..database.database import stamp
from ..deploy import journal
from ..machine import files, signals
from ..machine.errors import HostError
from ..release import slots
from . import backup, media


def make(host, database, incoming, what, folders, release=None):
    """Put `incoming` and the media in place; returns the record of what is kept instead. Any failure is turned back. With a `release`, the digest of
    the one that the data are for, the switch stays open until finish(): it counts once that release serves."""
    paths = host.paths
    # With what it is: a switch and its turning back may come in one second.
    now = stamp(host.system)
    mark = f"{what}_{now}"
    kept, asides = database.beside(mark), media.asides(paths, folders, mark)
    moves = media.moves(paths, folders, asides)
    record = {"database": kept if database.holds(database.name) else "",
              "media": {path: aside for path, aside in asides.items() if any(to.startswith(aside) for _, to in moves)},
              # Until a release is there the site may write to it: that is kept, too.
              "incoming": database.beside(f"undone_{now}") if release else incoming,
              "moves": moves, "mounts": media.mounts(paths, folders), "switching": False, "release": release}
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
                database.switch(incoming, kept, paths.taken_down)
        except Exception as failure:
            raise HostError(f"{failure}\n{_turned_back(host, database)}") from failure
        if not release:
            finish(paths)
    return record


def finish(paths):
    """The switch is done, if it was not, and its record what the next `restore --undo` goes by. Raises HostError where the disk does not take that."""
    if not paths.restoring.exists():
        return
    try:
        os.rename(paths.restoring, paths.restored)
        files.sync(paths.state)
    except OSError as failure:
        raise HostError(f"database and media have switched, but the disk did not take the record of it ({failure})\n"
                        "Mend that and run `hostctl restore --recover`; then `hostctl restart`, so that the services begin anew") from failure


def settle(host, database, keep=True):
    """End a switch that was interrupted or has failed. Media move before the database: where that has moved, all has, and counts as done if `keep` is
    set and its release serves, or if nothing served before; otherwise what has moved goes back. Returns whether it went back."""
    record = read(host.paths.restoring)
    if record is None:
        return False
    with signals.ignored():
        if record["switching"]:
            database.end_switch()
            database.put_up(host.paths.taken_down)
        if record["switching"] and database.holds(record["database"] or database.name):
            if not record["database"] or (keep and serves(host.paths, record.get("release"))):
                finish(host.paths)
                return False
            database.drop(record["incoming"])
            database.switch(record["database"], record["incoming"], host.paths.taken_down)
        _turn_media_back(host, record)
    return True


def settle_release(host):
    """Before a deployment: end a switch that waits for its release. No other release may come to data that would then go back."""
    record = read(host.paths.restoring)
    if record is None or record.get("release") is None:
        return
    database = admin.app_database(host)
    try:
        with backup.turn(host, "restore"):
            host.log.step("RESTORE-RECOVERY")
            with host.log.event("Switch-settling"):
                settle(host, database)
    except HostError as failure:
        raise HostError(f"a rollback was interrupted, and its database cannot be settled: {failure}\n"
                        f"Mend that and try again; where that database is gone for good, remove {host.paths.name(host.paths.restoring)}") from failure


def recover(host):
    """At boot, once the deployment is settled: turn back what an interrupted run changed of the media before it came to the database. Where it may
    have come to that, the database says what has happened, so systemd has settle() run once there is a network, and again until it answers; the same where a disk
    of the media is still to come."""
    record = read(host.paths.restoring)
    if record and (record["switching"] or media.unmounted(host.paths, record.get("mounts", ()))):
        host.system.run(["systemd-run", "--quiet", "--no-block", "--collect", "--unit=webstack-restore-recover", "--property=After=network-online.target",
                         "--property=Wants=network-online.target", "--property=Restart=on-failure", "--property=RestartSec=15", "--property=MemoryMax=256M",
                         "--property=TasksMax=64", "--", "/usr/local/bin/hostctl", "restore", "--recover", "--lock-wait", "300"])
    elif record:
        host.log.step("RESTORE-RECOVERY")
        with host.log.event("Media-turning-back"):
            _turn_media_back(host, record)


def serves(paths, release):
    """Whether the data of a switch may stay: they are for no release, or for the one that serves. An unfinished deployment goes back to the other."""
    return release is None or (journal.unfinished(paths) is None and slots.current(paths) == release)


def kept_media(host, record):
    """Folders that a switch put aside and that are still there."""
    return {path: aside for path, aside in record["media"].items() if (host.paths.data / aside).is_dir()}


def read(path):
    """The record of a switch, or None: {database, media: {path: folder below the data}} that it put aside, the `moves` that it made on the `mounts`, what the
    `incoming` database is called where it goes back, whether it had come to `switching` the database, and the `release` that it waits for}."""
    return files.read_json(path)


def _turned_back(host, database):
    """Turn a switch back that has failed; what came of it, in words."""
    try:
        with host.log.event("Restore-turning-back"):
            back = settle(host, database, keep=False)
    except (HostError, OSError) as second:
        return f"It could not be turned back: {second}\nMend that and run `hostctl restore --undo`"
    if not back:
        return f"Database {database.name} was not there before, so what has been restored stays"
    return f"It was turned back: database {database.name} and the media are what they were"


def _turn_media_back(host, record):
    if missing := media.unmounted(host.paths, record.get("mounts", ())):
        raise HostError(f"{', '.join(missing)}: must be mounted, and is not; media of a restore that was interrupted are on it. Mount it and run `hostctl restore --recover`")
    if record["moves"]:
        media.turn_back(host, record["moves"])
    files.remove(host.paths.restoring)


def _write(host, record):
    files.write(host.paths.restoring, json.dumps(record).encode(), 0o644, host.system.ids("root", "root"))
