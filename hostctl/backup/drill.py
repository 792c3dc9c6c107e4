"""Restore drill, the rehearsal of a restore: the newest backup beside the site, the checks of the description, the health pages of a second instance of
the services on it, and the figures."""
import json

from ..database import admin, scratch
from ..machine import files
from ..machine.errors import HostError
from ..manifest import environment
from ..manifest.stored import stored_or_fail
from ..release import health, slots
from . import backup, restore
from .repository import AHEAD, Repository, age_text

UNIT = "webstack-drill.service"
DATABASE = "drill"
# The place beside blue and green where a service runs for a drill; NAME@drill.service.d/ has its DATABASE_URL from paths.drill_env.
SLOT = "drill"


def run(host):
    """Restore the newest backup into a database that is gone afterwards. Returns and keeps {backup, at, rpoSeconds, rtoSeconds, checks, health,
    ok, error}; the site's own data takes no part."""
    began, clock = host.system.time(), host.system.monotonic()
    report = {"backup": None, "at": round(began), "rpoSeconds": None, "rtoSeconds": None, "checks": [], "health": [], "ok": False, "error": None}
    try:
        chosen, database = backup.settings_or_fail(host.paths), admin.app_database(host)
        repository = Repository(host)
        with backup.drill_turn(host, "drill"):
            found = repository.find("latest")
            # What would be lost if the database were gone now, and how long it would be away.
            report |= {"backup": found.id, "rpoSeconds": round(began - found.seconds)}
            host.log.step("DRILL")
            name = database.beside(DATABASE)
            with scratch.place_for(host, database) as place, restore.restored(host, place, repository, found, name):
                report["checks"] = restore.checked(host, place, name, chosen.checks)
                if chosen.health:
                    report["health"] = _health(host, place.url(name))
                report["rtoSeconds"] = round(host.system.monotonic() - clock, 1)
        report["ok"] = all(asked["ok"] for asked in [*report["checks"], *report["health"]])
    except HostError as failure:
        report["error"] = host.log.mask(str(failure))
    files.write(host.paths.drill, json.dumps(report, indent=1).encode(), 0o644, host.system.ids("root", "root"))
    return report


def _health(host, url):
    """[{service, got, ok}]: what the health page of each service says in a second instance, on the restored database. Jobs are not started."""
    services = stored_or_fail(host.paths).slot_services()
    found = []
    for service in services:
        # One after the other: together they would need the memory of a second site.
        units, began, started = slots.units(service.name, SLOT), host.system.time(), host.system.monotonic()
        with host.log.event(f"Health-{service.name}-{SLOT}") as facts:
            try:
                _start(host, units, url, service.start_seconds)
                health.gate(host, service, SLOT, began, started)
                verdict = {"got": "200", "ok": True}
            except HostError as failure:
                verdict = {"got": host.log.mask(str(failure)), "ok": False}
            finally:
                host.units.call("stop", list(reversed(units)), check=False)
                host.units.call("reset-failed", units, check=False)
            facts["detail"] = verdict["got"]
        found.append({"service": service.name, **verdict})
    return found


def _start(host, units, url, seconds):
    """The file with the password is there only while systemd reads it."""
    began = host.system.time()
    files.write(host.paths.drill_env, environment.render({"DATABASE_URL": url}), 0o600, host.system.ids("root", "root"))
    try:
        started = host.units.call("start", units, check=False, timeout=seconds + 10)
    finally:
        files.remove(host.paths.drill_env)
    if started.code != 0:
        raise HostError(f"{started.output.strip()}\n{host.units.journal(units[-1], began)}".rstrip())


def last(host):
    """The report of the last drill, or None."""
    try:
        return json.loads(host.paths.drill.read_text())
    except (FileNotFoundError, ValueError):
        return None


def state(host):
    """{backup, ageSeconds, ahead, ok, stale} of the last drill, or None where backups are off or there was no drill yet."""
    chosen, report = backup.settings(host.paths), last(host)
    if chosen is None or report is None:
        return None
    age = round(host.system.time() - report["at"])
    ahead = age < -AHEAD
    return {"backup": report["backup"], "ageSeconds": age, "ahead": ahead, "ok": report["ok"], "stale": ahead or age > backup.allowed_age(host, chosen.drill_schedule)}


def state_text(report):
    verdict = "ok" if report["ok"] else "FAILED"
    if report["ahead"]:
        return f"drill   {verdict}, {age_text(report['ageSeconds'])}"
    return f"drill   {verdict}, {report['ageSeconds']} s ago{', OLDER THAN ITS SCHEDULE ALLOWS' if report['stale'] else ''}"
