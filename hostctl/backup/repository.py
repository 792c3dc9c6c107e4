"""The repository of backups, kept by restic: encrypted, each block named by its hash. A backup is one snapshot of the dump and, where
there is media, a second one; both carry the backup's ID, and the dump's SHA-256 once everything of it is there. A restore point is one
snapshot of the dump with the release whose data it is; restic keeps no snapshot of a dump that broke off."""
import calendar
import json
import re
import time
from typing import NamedTuple

from ..database.database import DUMP_SECONDS
from ..machine.errors import CommandFailed, HostError
from ..manifest import environment

DUMP = "database.dump"
ID = r"[0-9]{8}T[0-9]{6}Z"
HASH = "sha256:"
POINT, RELEASE = "restore-point", "release:"
# What restic knows backups and restore points by, so that the retention of the ones leaves the others.
HOST, POINT_HOST = "webstack", "webstack-restore-point"
# Snapshots of what is known of the releases, see kept.py.
KEPT = "webstack-releases"
# Further ahead of a host's clock, in seconds, a backup was stamped by a clock that was wrong: it never counts as the newest.
AHEAD = 600


class Backup(NamedTuple):
    id: str
    # Snapshots of the dump and of the media ("" where there is none).
    dump: str
    media: str
    sha256: str
    seconds: float
    # Digest of the release that served when this restore point was taken; "" of a backup.
    release: str = ""

    def is_ahead(self, now):
        return self.seconds > now + AHEAD

    def report(self, now):
        return {"id": self.id, "ageSeconds": round(now - self.seconds), "ahead": self.is_ahead(now), "media": self.media != "", "sha256": self.sha256, "restorePoint": self.release or None}


class Listing:
    """The snapshots of a repository at one moment, as restic lists them."""

    def __init__(self, snapshots, now):
        self._snapshots, self._now = snapshots, now

    def backups(self):
        """The complete ones, the oldest first."""
        return [found for found in self.everything() if not found.release]

    def points(self):
        """Restore points, the oldest first."""
        return [found for found in self.everything() if found.release]

    def everything(self):
        """Complete backups and restore points, the oldest first."""
        dumps, media, points = {}, {}, []
        for found in self._snapshots:
            tags = found.get("tags") or []
            name = next((tag for tag in tags if re.fullmatch(ID, tag)), None)
            hashes = [tag.removeprefix(HASH) for tag in tags if tag.startswith(HASH)]
            release = next((tag.removeprefix(RELEASE) for tag in tags if tag.startswith(RELEASE)), "")
            if name and POINT in tags and release:
                points.append(Backup(name, found["id"], "", "", seconds_of(name), release))
            elif name and found["paths"] == [f"/{DUMP}"] and hashes:
                dumps[name] = (found["id"], hashes[0])
            elif name:
                media[name] = found["id"]
        backups = [Backup(name, dump, media.get(name, ""), sha256, seconds_of(name)) for name, (dump, sha256) in dumps.items()]
        return sorted([*backups, *points], key=lambda found: found.id)

    def unfinished(self):
        """Snapshots of runs that did not come to their end."""
        complete = {found.id for found in self.everything()}
        return [found["id"] for found in self._snapshots if not (complete | {KEPT}) & set(found.get("tags") or [])]

    def kept(self):
        """Snapshots of what is known of the releases, the newest last; one of a clock that was ahead is older than all others."""
        found = [(moment(one["time"]), one["id"]) for one in self._snapshots if KEPT in (one.get("tags") or [])]
        return [name for seconds, name in sorted(found, key=lambda pair: (pair[0] <= self._now + AHEAD, pair[0]))]


class Repository:
    """What only reads takes no lock, so that one which a lost host has left stands in nobody's way; what writes does so within
    repository_lock.writing()."""

    def __init__(self, host):
        self.host, self.system = host, host.system
        self.env = access(host)

    def restic(self, *words, timeout=DUMP_SECONDS):
        return self.system.run(["restic", *words], env=self.env, timeout=timeout).output

    def source(self, found):
        """(command, environment) that writes the dump of a backup to standard output."""
        return ["restic", "dump", "--no-lock", found.dump, f"/{DUMP}"], self.env

    def make(self):
        """Make the repository unless there is one that the password opens."""
        try:
            self.restic("cat", "config", "--no-lock", timeout=120)
        except CommandFailed as closed:
            try:
                self.restic("init", timeout=120)
            except CommandFailed as failure:
                raise HostError(f"{failure}\nThe repository could not be opened either: {closed}") from None

    def listing(self):
        """What is in the repository now, by one call: a second of the processor each."""
        output = self.restic("snapshots", "--json", "--no-lock", timeout=300)
        # restic warns on standard error, which comes in the same text.
        line = next((line for line in reversed(output.splitlines()) if line.startswith(("[", "null"))), None)
        if line is None:
            raise HostError(f"restic snapshots: must print JSON, got {output[:200]}")
        return Listing(json.loads(line) or [], self.system.time())

    def find(self, name):
        """The backup or restore point of that ID, or for "latest" the newest backup that is not ahead of this host's clock."""
        listing = self.listing()
        if name == "latest":
            backups = listing.backups()
            past = [one for one in backups if not one.is_ahead(self.system.time())]
            if not past:
                raise HostError(f"every backup is stamped ahead of this host's clock, the first one {backups[0].id}; set the clock, or name one by its ID" if backups
                                else "there is no backup yet; make one with `hostctl backup`")
            return past[-1]
        chosen = next((one for one in listing.everything() if one.id == name), None)
        if chosen is None:
            raise HostError(f"backup {name}: is not in the repository; `hostctl backups` lists those that are")
        return chosen

    def forget(self, snapshots):
        """Remove snapshots by their IDs; what only they need goes with the next prune."""
        if snapshots:
            self.restic("forget", "--quiet", *snapshots)

    def store_kept(self, paths):
        """Make a snapshot of what is known of the releases. Needs repository_lock.writing()."""
        self.restic("backup", "--quiet", "--host", KEPT, "--tag", KEPT, *map(str, paths))

    def json_of(self, snapshot, path):
        """The text of a file that holds a JSON list, without what restic says beside it."""
        output = self.restic("dump", "--no-lock", snapshot, str(path), timeout=300)
        return output[output.index("["):output.rindex("]") + 1]

    def files(self, snapshot):
        """[(path, bytes)] of the files in a snapshot."""
        lines = self.restic("ls", "--no-lock", "--json", snapshot, timeout=300).splitlines()
        nodes = [json.loads(line) for line in lines if line.startswith("{")]
        return [(node["path"], node.get("size", 0)) for node in nodes if node.get("type") == "file"]

    def unpack(self, snapshot, target, paths):
        """Restore some paths of a snapshot below a folder."""
        self.restic("restore", "--no-lock", "--quiet", snapshot, "--target", str(target), *(word for path in paths for word in ("--include", str(path))))


def secrets(paths):
    """{name: value} of what of restic's settings no log may show; nothing on a host that has no repository."""
    found = environment.read(paths.backup_access.read_bytes()) if paths.backup_access.exists() else {}
    return secret_settings(found)


def secret_settings(settings):
    return {name: value for name, value in settings.items() if name not in ("RESTIC_REPOSITORY", "AWS_DEFAULT_REGION")}


def access(host):
    """restic's settings, from /etc/webstack/backup-repository."""
    if not host.paths.backup_access.exists():
        raise HostError("backups: this host has no repository; set backup.enabled and deploy the stack")
    found = environment.read(host.paths.backup_access.read_bytes())
    return {**found, "RESTIC_CACHE_DIR": "/var/cache/webstack-backup"}


def age_text(seconds):
    """How old something is, or how far ahead of the clock, in words."""
    return f"{seconds} s old" if seconds >= -AHEAD else f"stamped {-seconds} s AHEAD OF THIS HOST'S CLOCK"


def moment(text):
    """Seconds since 1970 of a moment as Go writes it, 2026-11-26T15:19:07.141713379Z or with +01:00 at its end."""
    day, sign, hours, minutes = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z|([+-])(\d\d):(\d\d))", text).groups()
    away = 60 * (60 * int(hours) + int(minutes)) if sign else 0
    return calendar.timegm(time.strptime(day, "%Y-%m-%dT%H:%M:%S")) - (away if sign == "+" else -away)


def seconds_of(name):
    """Seconds since 1970 of a backup's ID."""
    return calendar.timegm(time.strptime(name, "%Y%m%dT%H%M%SZ"))
