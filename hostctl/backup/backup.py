"""Backups: the dump of the database and the uploaded media, made by webstack-backup.service, listed, and judged by their age."""
import datetime
import json
import re
from contextlib import contextmanager
from typing import NamedTuple

from ..database import admin
from ..database.database import DUMP_SECONDS
from ..machine import disk, files
from ..machine.errors import CommandFailed, HostError, Locked
from ..machine.lock import holder, locked
from ..manifest import environment
from ..manifest.settings import read
from ..manifest.stored import stored_or_fail
from ..release import history, kept, prune
from . import media, repository_lock
from .repository import AHEAD, DUMP, HASH, HOST, Repository, age_text, seconds_of, secret_settings

UNIT = "webstack-backup.service"
# How much later than its schedule a backup may be done before it counts as missing.
GRACE = 3600
DAY = 86400
# The repository's data is read back whole once a week, a seventh each day.
PARTS = 7
# How long a backup, drill or restore waits for another one.
WAIT = 900


class Settings(NamedTuple):
    schedule: str
    drill_schedule: str
    keep_days: int
    keep_weekly: int
    keep_monthly: int
    paths: tuple[str, ...]
    # (question, answer) of a restored database.
    checks: tuple[tuple[str, str], ...]
    # Whether a drill starts the services beside the site and asks their health pages.
    health: bool


def settings(paths):
    """What the settings say of backups; None where none are made."""
    raw = read(paths)["backup"]
    if raw is None:
        return None
    checks = tuple((check["sql"], check["expect"]) for check in raw["drill"]["checks"])
    return Settings(raw["schedule"], raw["drill"]["schedule"], raw["keepDays"], raw["keepWeekly"], raw["keepMonthly"], tuple(raw["paths"]), checks, raw["drill"].get("health", False))


def settings_or_fail(paths):
    found = settings(paths)
    if found is None:
        raise HostError("backups: are off on this host; set backup.enabled and deploy the stack")
    return found


def make_key(host):
    """The host's own SSH key for backups, made once; returns its public line."""
    key = host.paths.backup_key
    if not key.exists():
        key.parent.mkdir(parents=True, exist_ok=True)
        unfinished = key.with_name(f"{key.name}.unfinished")
        for file in (unfinished, unfinished.with_name(f"{unfinished.name}.pub")):
            files.remove(file)
        host.system.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "webstack-backup", "-f", str(unfinished)])
        files.place(unfinished, key)
    line = host.system.run(["ssh-keygen", "-y", "-f", str(key)]).output
    return " ".join(line.split()[:2])


def set_repository(host, text):
    """Keep restic's settings, JSON of the shape `repository` of contract.schema.json, and make the repository. Raises HostError that shows no value."""
    try:
        values = json.loads(text)
    except ValueError:
        values = None
    if not isinstance(values, dict) or not all(values.get(name) for name in ("RESTIC_REPOSITORY", "RESTIC_PASSWORD")):
        raise HostError('standard input: must be one JSON object such as {"RESTIC_REPOSITORY": "...", "RESTIC_PASSWORD": "..."}')
    environment.checked(values)
    files.write(host.paths.backup_access, environment.render(values), 0o600, host.system.ids("root", "root"))
    host.log.mask.add(secret_settings(values))
    repository = Repository(host)
    repository.make()
    # Of the host before this one, where that was lost or is replaced.
    with locked(host.paths, host.system, host.log.verb, 600):
        kept.fetch(host, repository)


def run(host):
    """Make one backup: dump, media, the mark that both are whole, retention, check. Returns its facts. A failure leaves every
    older backup as it is."""
    chosen, database = settings_or_fail(host.paths), admin.app_database(host)
    disk.check(host, "a backup")
    folders = media.folders(host.paths, chosen.paths)
    repository = Repository(host)
    with turn(host, "backup"):
        host.log.step("BACKUP")
        with repository_lock.writing(host, repository):
            return _make(host, chosen, database, repository, folders)


def _make(host, chosen, database, repository, folders):
    began = host.system.time()
    name, marks = marks_of(began, HOST)
    with host.log.event("Unfinished-backups-removal"):
        repository.forget(repository.listing().unfinished())
    with host.log.event("Database-dump") as facts:
        sha256, size = store_dump(host, database, repository, marks)
        facts["detail"] = f"{name}, {size} bytes"
    # After the dump: what a row of it names is there by then.
    if folders:
        with host.log.event("Media-copy", ", ".join(chosen.paths)):
            repository.restic("backup", "--quiet", *marks, *media.excluded(host.paths, chosen.paths), *folders)
    with host.log.event("Backup-completion"):
        repository.restic("tag", "--quiet", "--tag", name, "--path", f"/{DUMP}", "--add", f"{HASH}{sha256}")
    kept.store(host, repository)
    with host.log.event("Retention"):
        listing = repository.listing()
        repository.forget([*listing.kept()[:-1], *_old_points(host, listing)])
        ahead = sum(one.is_ahead(host.system.time()) for one in listing.backups())
        repository.restic("forget", "--quiet", "--prune", "--host", HOST, "--group-by", "paths", *policy(chosen, ahead))
    with host.log.event("Repository-check"):
        repository.restic("check", "--quiet", f"--read-data-subset={int(began // DAY) % PARTS + 1}/{PARTS}")
    facts = {"id": name, "seconds": round(host.system.time() - began, 1), "bytes": size, "sha256": sha256}
    files.write(host.paths.last_backup, json.dumps(facts, indent=1).encode(), 0o644, host.system.ids("root", "root"))
    return facts


def record_releases(host):
    """Keep in the repository what a deployment that serves has added to the history. A failure is said, and the next backup does it."""
    if settings(host.paths) is None or not host.paths.backup_access.exists():
        return
    try:
        repository = Repository(host)
        with dump_turn(host, "release", wait=0), repository_lock.writing(host, repository, exclusive=False):
            if not host.paths.kept_fetched.exists():
                kept.fetch(host, repository)
            kept.store(host, repository)
    except Locked:
        host.log.say("Releases-recording: is left to the next backup, since one is under way")
    except (HostError, OSError) as failure:
        host.log.say(f"Releases-recording: failed, and is left to the next backup\n{failure}")


def _old_points(host, listing):
    """Snapshots of the restore points of releases that served here and are kept no longer. Those of a release that this host knows nothing of stay."""
    entries, keep = history.read(host.paths), stored_or_fail(host.paths).release.keep
    served = list(dict.fromkeys(entry["digest"] for entry in reversed(entries)))
    wanted = {*served[:keep], *prune.kept_releases(host.paths, keep)}
    return [point.dump for point in listing.points() if point.release in served and point.release not in wanted]


def marks_of(seconds, mark):
    """(ID, restic's options) of a backup made at that moment."""
    now = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    name = now.strftime("%Y%m%dT%H%M%SZ")
    return name, ["--tag", name, "--time", now.strftime("%Y-%m-%d %H:%M:%S"), "--host", mark]


def store_dump(host, database, repository, marks):
    """Dump the database into one snapshot with these marks; returns (SHA-256, bytes). A dump that breaks off leaves none."""
    command, env = database.dump()
    sha256, size, _ = host.system.pipe(command, ["restic", "backup", "--quiet", "--stdin", "--stdin-filename", DUMP, *marks],
                                       source_env=env, sink_env=repository.env, timeout=DUMP_SECONDS)
    return sha256, size


def policy(chosen, ahead=0):
    """restic's options for what is kept. A stop of the backups stops the ageing too: days count from the newest one that is not of the future.
    Those that are, `ahead` in number, are kept until their day has come, and take no week's or month's place of another."""
    longer = {"--keep-weekly": chosen.keep_weekly, "--keep-monthly": chosen.keep_monthly}
    return ["--keep-within", f"{chosen.keep_days}d", *(word for option, count in longer.items() if count for word in (option, str(count + ahead)))]


def start(host, unit):
    """Have systemd run a unit of backups to its end, sandboxed as its timer would. Raises HostError with its last lines."""
    began = host.system.time()
    try:
        host.units.call("start", [unit], timeout=DUMP_SECONDS + 60)
    except CommandFailed:
        raise HostError(f"{unit}: failed\n{host.units.journal(unit, began)}".rstrip()) from None


@contextmanager
def turn(host, verb, wait=WAIT):
    """One backup or restore at a time, and none beside a drill: a backup prunes what a drill reads, a restore drops what it makes. Waits `wait` seconds
    for each, and holds nothing of a restore point meanwhile."""
    with drill_turn(host, verb, wait), dump_turn(host, verb, wait):
        yield


def drill_turn(host, verb, wait=WAIT):
    """A drill's part of a turn."""
    return _locked(host, verb, wait, host.paths.run / "drill.lock")


def dump_turn(host, verb, wait=WAIT):
    """The part of a restore point and of the record of releases, which add to the repository and so are made beside a drill: a release does not wait for that."""
    return _locked(host, verb, wait, host.paths.run / "backup.lock")


def _locked(host, verb, wait, lock):
    by = holder(lock) if wait else None
    if by is not None:
        host.log.say(f"{verb}: waits for `{by['verb']}` of {by['who']}, since {by['since']} (process {by['pid']}), at most {round(wait / 60)} minutes")
    return locked(host.paths, host.system, verb, wait, lock)


def allowed_age(host, schedule):
    """Seconds that the newest backup may be old: the longest pause in the next ten runs, and an hour to be done."""
    text = host.system.run(["systemd-analyze", "calendar", "--iterations=10", schedule], env={"TZ": "UTC"}).output
    stamps = re.findall(r"(?:Next elapse|Iter\. #\d+|Iteration #\d+): \w{3} (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)", text)
    times = [datetime.datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S").timestamp() for stamp in stamps]
    gaps = [later - earlier for earlier, later in zip(times, times[1:])]
    # A schedule without a second run, one day in a year that is over, never makes the newest one too old.
    return max(gaps) + GRACE if gaps else float("inf")


def state(host):
    """{last, ageSeconds, ahead, allowedSeconds, stale} by what this host knows without asking the repository; None where backups are off."""
    chosen = settings(host.paths)
    if chosen is None:
        return None
    try:
        last = json.loads(host.paths.last_backup.read_text())["id"]
    except (OSError, ValueError, KeyError):
        last = None
    return judge(host, chosen, last)


def judge(host, chosen, last):
    allowed = allowed_age(host, chosen.schedule)
    age = None if last is None else round(host.system.time() - seconds_of(last))
    ahead = age is not None and age < -AHEAD
    return {"last": last, "ageSeconds": age, "ahead": ahead, "allowedSeconds": None if allowed == float("inf") else allowed,
            "stale": age is None or ahead or age > allowed}


def state_text(report):
    if report["last"] is None:
        return "backup  NONE YET"
    return f"backup  {report['last']}, {age_text(report['ageSeconds'])}" + (", OLDER THAN ITS SCHEDULE ALLOWS" if report["stale"] and not report["ahead"] else "")


def unlock(host, told):
    """Remove the locks of the repository, all of whose holders are gone or were told to be; returns them in words. Raises HostError that names
    those who may be at work."""
    repository = Repository(host)
    # A backup, drill or restore of this host is at work: it is named at once.
    with turn(host, "unlock", wait=0):
        found, now = repository_lock.held(host, repository), host.system.time()
        living = [] if told else [one for one in found if not one.gone]
        if living:
            raise HostError("\n".join([*(f"repository: {one.text(now)}" for one in living), "Nothing was removed: wait for its end. Where it is sure that nothing "
                                       "runs there any more, as on a host that is lost: `sudo hostctl backups --unlock --holder-is-gone`"]))
        if found:
            repository_lock.remove(repository)
        return [one.text(now) for one in found]


def listing(host):
    """(backups of the repository, newest first; their judgement)."""
    chosen = settings_or_fail(host.paths)
    found = Repository(host).listing().everything()
    now, backups = host.system.time(), [one for one in found if not one.release]
    # One of the future is the last only where there is no other.
    counted = [one for one in backups if not one.is_ahead(now)] or backups
    return [one.report(now) for one in reversed(found)], judge(host, chosen, counted[-1].id if counted else None)
