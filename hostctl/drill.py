"""The rehearsal of a restore: the newest backup beside the site, the checks of the description, and the figures."""
import json

from . import backup, files, restore
from .errors import HostError
from .repository import Repository

UNIT = "webstack-drill.service"
DATABASE = "drill"


def run(host):
    """Restore the newest backup into a database that is gone afterwards. Returns and keeps {backup, at, rpoSeconds, rtoSeconds, checks, ok,
    error}; the site's own data takes no part."""
    began, clock = host.system.time(), host.system.monotonic()
    report = {"backup": None, "at": round(began), "rpoSeconds": None, "rtoSeconds": None, "checks": [], "ok": False, "error": None}
    try:
        chosen, database = backup.settings_or_fail(host.paths), backup.open_database(host)
        repository = Repository(host)
        with backup.turn(host, "drill"):
            found = repository.find("latest")
            # What would be lost if the database were gone now, and how long it would be away.
            report |= {"backup": found.id, "rpoSeconds": round(began - found.seconds)}
            host.log.step("DRILL")
            name = database.beside(DATABASE)
            with restore.restored(host, database, repository, found, name):
                report["checks"] = restore.checked(host, database, name, chosen.checks)
                report["rtoSeconds"] = round(host.system.monotonic() - clock, 1)
        report["ok"] = all(check["ok"] for check in report["checks"])
    except HostError as failure:
        report["error"] = host.log.hide(str(failure))
    files.write(host.paths.drill, json.dumps(report, indent=1).encode(), 0o644, host.system.ids("root", "root"))
    return report


def last(host):
    """The report of the last drill, or None."""
    try:
        return json.loads(host.paths.drill.read_text())
    except (FileNotFoundError, ValueError):
        return None


def state(host):
    """{backup, ageSeconds, ok, stale} of the last drill, or None where backups are off or there was no drill yet."""
    chosen, report = backup.settings(host.paths), last(host)
    if chosen is None or report is None:
        return None
    age = round(host.system.time() - report["at"])
    return {"backup": report["backup"], "ageSeconds": age, "ok": report["ok"], "stale": age > backup.allowed_age(host, chosen.drill_schedule)}


def state_text(report):
    verdict = "ok" if report["ok"] else "FAILED"
    return f"drill   {verdict}, {report['ageSeconds']} s ago{', OLDER THAN ITS SCHEDULE ALLOWS' if report['stale'] else ''}"
