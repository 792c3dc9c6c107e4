"""Alerts: each condition of the host is told once when it begins, once a day while it holds, and once when it ends."""
from ..backup.repository import AHEAD
from . import host_checks, notifier
from .notifier import BEGINS, ENDS, GOES_ON, event, stamp

DAY = 86400


def look(host, failed_unit=None):
    """One look at the host: what begins, goes on and ends is told, with what is still waiting. `failed_unit` failed just now, even
    if it runs again."""
    with notifier.turn(host):
        state = notifier.read(host.paths)
        known = {name: one["text"] for name, one in state.conditions.items()}
        found = known if host_checks.deploying(host) else host_checks.holding(host, {name: text for name, text in known.items() if name != f"unit {failed_unit}"})
        if failed_unit:
            found = dict([*found.items(), host_checks.failed(host, failed_unit)])
        notifier.deliver(host, state, changes(state.conditions, found, host.system.time()))


def changes(before, found, now):
    """Events between two looks. `before` is brought up to `found`."""
    events = []
    for name, text in found.items():
        if name not in before:
            before[name] = {"text": text, "since": now, "told": now}
            events.append(event(BEGINS, text, now, now))
        # Told by a clock that was ahead, it would not be repeated until that day has come.
        elif not -AHEAD <= now - before[name]["told"] < DAY:
            before[name] |= {"text": text, "told": now}
            events.append(event(GOES_ON, text, now, before[name]["since"]))
        else:
            before[name]["text"] = text
    for name in [name for name in before if name not in found]:
        over = before.pop(name)
        events.append(event(ENDS, over["text"].splitlines()[0], now, over["since"]))
    return events


def report(host):
    """{conditions: [{text, since}], undelivered: [{channel, waiting, since, error}]} for `status`; asks the host, changes nothing."""
    state = notifier.read(host.paths)
    found = host_checks.holding(host, {name: one["text"] for name, one in state.conditions.items()})
    since = {name: stamp(one["since"]) for name, one in state.conditions.items()}
    return {"conditions": [{"id": name, "text": text, "since": since.get(name)} for name, text in sorted(found.items())],
            "undelivered": [{"channel": name, "waiting": len(state.pending.get(name, [])) + facts["dropped"], "since": stamp(facts["since"]),
                             "tries": facts["tries"], "error": facts["error"]} for name, facts in sorted(state.failing.items())]}


def lines(found):
    """The report for people."""
    return ([f"ALERT   {'since ' + one['since'] + ': ' if one['since'] else ''}{one['text'].splitlines()[0]}" for one in found["conditions"]]
            + [f"UNTOLD  {one['waiting']} alerts wait for {one['channel']} since {one['since']}, tried {one['tries']} times: {one['error']}" for one in found["undelivered"]])
