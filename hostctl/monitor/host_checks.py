"""Host checks, the conditions of alerts: what is amiss on this host now: one sentence for each condition, under an ID that stays the same as long as it holds."""
import datetime

from ..backup import backup, drill
from ..backup.repository import AHEAD
from ..machine import disk, lock
from ..manifest.stored import stored
from ..release import history, slots
from ..site import certificate

# A deployment may take this long before it is a condition itself.
LONG = 3600


def holding(host, known=None):
    """{ID: sentence}. `known`: sentences from before, kept where finding them out anew would ask the journal."""
    known, manifest = known or {}, stored(host.paths)
    failed = _failed_units(host)
    found = {_unit(unit): known.get(_unit(unit)) or sentence_of(host, unit) for unit in failed}
    found |= {f"disk {folder}": sentence for folder, sentence in disk.low(host).items()}
    if host.paths.reboot.exists():
        found["reboot"] = "an update waits for a reboot: the kernel that runs is the old one"
    if manifest is None:
        return found
    for unit, state in host.units.states(_must_run(host, manifest)).items():
        if not state.runs and unit not in failed:
            found[_unit(unit)] = f"{unit} is {state.active or 'unknown'}, and must run"
    tls = certificate.report(host, manifest)
    if tls and tls["fault"]:
        found["certificate"] = f"the certificate {tls['fault']}"
    return found | _late(host) | _long_deployment(host)


def failed(host, unit):
    """The condition of a unit that has just failed, even when it runs again by now: (ID, sentence)."""
    return _unit(unit), sentence_of(host, unit)


def sentence_of(host, unit):
    """That a unit failed, and what it said last."""
    last = host.units.journal(unit, 0, 8).strip()
    return host.log.mask(f"{unit} failed" + (f"\n{last}" if last else ""))


def deploying(host):
    """Whether a deployment is under way, so that units come and go as they should."""
    holder = lock.holder(host.paths.lock)
    return holder is not None and not _long_deployment(host)


def _unit(unit):
    return f"unit {unit}"


def _failed_units(host):
    text = host.system.run(["systemctl", "list-units", "--state=failed", "--all", "--plain", "--no-legend", "--no-pager"], check=False).output
    return [line.split()[0] for line in text.splitlines() if line.strip()]


def _must_run(host, manifest):
    units = list(manifest.units)
    for service in manifest.services:
        slot = slots.serving(host.paths, service.name) if service.slots else None
        units += [f"{service.name}.service"] if not service.slots else [f"{service.name}@{slot}.service"] if slot else []
    return units


def _late(host):
    """A backup or a drill that is overdue. A new host has time until its first ones are, also one that goes on with another's history."""
    chosen, entries, now = backup.settings(host.paths), history.read(host.paths), host.system.time()
    if chosen is None or not entries:
        return {}
    since, found = datetime.datetime.fromisoformat(entries[0]["at"]).timestamp(), {}
    if host.paths.backup_access.exists():
        since = max(since, host.paths.backup_access.stat().st_mtime)
    report, rehearsal = backup.state(host), drill.last(host)
    # A moment that is ahead of the clock, by which a host might be new for years, says nothing.
    fresh = float("inf") if since > now + AHEAD else now - since
    for name, schedule, age in (("backup", chosen.schedule, report["ageSeconds"]), ("drill", chosen.drill_schedule, rehearsal and now - rehearsal["at"])):
        allowed = backup.allowed_age(host, schedule)
        if min(fresh, float("inf") if age is None or age < -AHEAD else age) > allowed:
            last = (f"there was no {name} yet" if age is None else f"the last {name} was {age / 3600:.1f} hours ago" if age >= -AHEAD
                    else f"the last {name} is stamped {-age / 3600:.1f} hours ahead of this host's clock and does not count")
            found[name] = f"{last}; its schedule allows {allowed / 3600:.1f} hours"
    return found


def _long_deployment(host):
    holder = lock.holder(host.paths.lock)
    try:
        since = datetime.datetime.fromisoformat(holder["since"]).timestamp()
    except (TypeError, ValueError):
        return {}
    return {"lock": f"`{holder['verb']}` of {holder['who']} holds the lock since {holder['since']}"} if not -AHEAD <= host.system.time() - since <= LONG else {}
