"""`status` and `releases`: what the machine is doing, as data and as text for people."""
import json

from ..backup import backup, drill
from ..deploy import journal
from ..machine import lock, unit_limits
from ..manifest.stored import stored
from ..release import history, release, slots
from ..site import certificate, maintenance, pause
from . import alerts, jobs, watchdog


def status(host):
    """{host, project, stack, release: {serving, declared, since}, services, units, hangs, jobs, certificate, maintenance, paused, lock, unfinished, restoring,
    backup, drill, limits, alerts, last}."""
    paths, manifest = host.paths, stored(host.paths)
    entries = history.read(paths)
    report = {"host": None, "project": None, "stack": None, "release": {"serving": slots.current(paths), "declared": None,
              "since": entries[-1]["at"] if entries else None}, "services": [], "units": [], "hangs": [place for _, place, silent in watchdog.looks(host) if silent], "jobs": [],
              "maintenance": maintenance.state(paths), "paused": pause.holds(host), "lock": lock.holder(paths.lock),
              "unfinished": journal.unfinished(paths) is not None, "restoring": paths.restoring.exists(), "certificate": None, "last": _last_event(paths), "backup": backup.state(host), "drill": drill.state(host),
              "limits": [], "alerts": alerts.report(host)}
    if manifest is None:
        return report
    report |= {"host": manifest.host, "project": manifest.project, "stack": manifest.stack}
    if manifest.release:
        report["release"]["declared"] = manifest.release.digest
    places = {service: slots.serving(paths, service.name) if service.slots else None for service in manifest.services}
    unit_of = {service: f"{service.name}@{slot or 'blue'}.service" if service.slots else f"{service.name}.service" for service, slot in places.items()}
    states = host.units.states([*unit_of.values(), *manifest.units])
    report["services"] = [{"name": service.name, "kind": service.kind, "slot": places[service], "unit": unit_of[service],
                           "state": states[unit_of[service]].active, "since": states[unit_of[service]].since or None,
                           "restarts": states[unit_of[service]].restarts} for service in manifest.services]
    report["certificate"] = certificate.report(host, manifest)
    report["units"] = [{"name": unit, "state": states[unit].active, "enabled": states[unit].enabled} for unit in manifest.units]
    report["jobs"] = jobs.states(host, manifest)
    report["limits"] = unit_limits.of(host, [*unit_of.values(), *(unit.replace(".timer", ".service") for unit in manifest.units)])
    return report


def status_text(report):
    """The same for people."""
    shown = report["release"]
    lines = [f"host {report['host']}  project {report['project']}  stack {report['stack']}" if report["host"] else "host (no manifest applied yet)",
             f"release {shown['serving'] or 'none'}" + (f" since {shown['since']}" if shown["since"] else "")
             + (f", declared {shown['declared']}" if shown["declared"] not in (None, shown["serving"]) else "")]
    lines += [f"service {s['name']:<16} {s['state']:<10} {s['slot'] or '-':<6} restarts {s['restarts']}  since {s['since'] or '-'}" for s in report["services"]]
    lines += [f"unit    {u['name']:<16} {u['state']:<10} {'enabled' if u['enabled'] else 'NOT ENABLED'}" for u in report["units"]]
    lines += [f"HANGS   {place} gives no answer; the watchdog restarts what does so three times in a row" for place in report["hangs"]]
    if report["certificate"]:
        lines.append(f"cert    {certificate.line(report['certificate'])}")
    lines += [f"job     {j['name']:<16} {j['result'] or 'not since boot':<10} last {j['last'] or '-'}  next {j['next'] or '-'}"
              + (f"  EXIT CODE {j['exitCode']}" if j["exitCode"] else "") for j in report["jobs"]]
    if report["maintenance"]:
        notice = report["maintenance"]
        lines.append(f"MAINTENANCE since {notice['since']}" + (f" until about {notice['until']}" if notice["until"] else "")
                     + f": {notice['message']}" + (f"  (let in: {', '.join(notice['allow'])})" if notice["allow"] else ""))
    if report["paused"]:
        lines.append("PAUSED  requests wait; `hostctl resume` lets them go on")
    if report["lock"]:
        lines.append(f"lock    held by {report['lock']['who']} for `{report['lock']['verb']}` since {report['lock']['since']}")
    if report["unfinished"]:
        lines.append("an interrupted deployment waits: the next `hostctl apply` or `hostctl recover` puts the old state back")
    if report["restoring"] and not report["lock"]:
        lines.append("an interrupted restore waits: `hostctl restore --recover` ends it, or turns it back")
    if report["backup"]:
        lines.append(backup.state_text(report["backup"]))
    if report["drill"]:
        lines.append(drill.state_text(report["drill"]))
    lines += alerts.lines(report["alerts"])
    if report["last"]:
        last = report["last"]
        lines.append(f"last    {last['verb']} {last['step']} {last['event']} {'CORRECT' if last['ok'] else 'ERROR'} at {last['time']}")
    return "\n".join(lines)


def releases(host):
    """[{digest, at, verb, serving, onHost}], the latest deployment first."""
    paths = host.paths
    entries = history.read(paths)
    found = [{**entry, "serving": False, "onHost": release.at_hand(paths, entry["digest"])} for entry in reversed(entries)]
    if found:
        found[0]["serving"] = found[0]["digest"] == slots.current(paths)
    return found


def releases_text(found):
    lines = [f"{entry['digest']}  {entry['at']}  {entry['verb']:<8}  "
             f"{'serves' if entry['serving'] else 'on the host' if entry['onHost'] else 'removed'}" for entry in found]
    return "\n".join(lines) or "no release was deployed yet"


def _last_event(paths):
    try:
        lines = (paths.logs / "deploy_logs.jsonl").read_text().splitlines()
        return json.loads(lines[-1]) if lines else None
    except (FileNotFoundError, ValueError):
        return None
