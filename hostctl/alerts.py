"""Alerts: each condition is told once when it begins, once a day while it holds, and once when it ends. What a channel did not take
waits on the disk and is sent with the next attempt, so that no alert is lost without a word."""
import datetime
import email.message
import email.policy
import email.utils
import json
from dataclasses import dataclass

from . import conditions, files, monitoring
from .compare import stored
from .errors import HostError
from .lock import locked

DAY = 86400
# Of one channel that is away; more are counted instead of kept.
MOST = 200
BEGINS, GOES_ON, ENDS, HAPPENED = "begins", "goes on", "ends", "happened"
# A subject stays one line. RFC 5322 allows 998 characters.
LINES = email.policy.default.clone(max_line_length=500)
# Of Slack's attachments; others ignore it.
COLOURS = {BEGINS: "danger", GOES_ON: "warning", ENDS: "good", HAPPENED: "warning"}


@dataclass
class State:
    # By ID: {text, since, told}, times in seconds since 1970.
    conditions: dict
    # By channel: events {kind, text, at, since} that it has not taken.
    pending: dict
    # By channel that does not take them: {since, tries, error, dropped}.
    failing: dict


def read(paths):
    try:
        return State(**json.loads(paths.alerts.read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return State({}, {}, {})


def look(host, failed_unit=None):
    """One look at the host: what begins, goes on and ends is told, with what is still waiting. `failed_unit` failed just now, even
    if it runs again."""
    with _turn(host):
        monitoring.hide(host)
        state = read(host.paths)
        known = {name: one["text"] for name, one in state.conditions.items()}
        found = known if conditions.deploying(host) else conditions.holding(host, {name: text for name, text in known.items() if name != f"unit {failed_unit}"})
        if failed_unit:
            found = dict([*found.items(), conditions.failed(host, failed_unit)])
        _tell(host, state, changes(state.conditions, found, host.system.time()))


def tell(host, text):
    """Tell of something that happened and is over. Never raises for a channel that does not take it: it waits then."""
    with _turn(host):
        monitoring.hide(host)
        now = host.system.time()
        _tell(host, read(host.paths), [_event(HAPPENED, host.log.hide(text), now, now)])


def test(host):
    """Send a test message by every channel, now; returns {channel: None or what went wrong}."""
    monitoring.hide(host)
    channels = _channels(host)
    if not channels:
        raise HostError("alerts: no channel is configured; set monitoring.emails with monitoring.smtp, or the secret alertWebhook")
    now = host.system.time()
    return {name: _attempt(host, send, [_event(HAPPENED, "a test: alerts of this host arrive", now, now)]) for name, send in channels.items()}


def changes(before, found, now):
    """Events between two looks. `before` is brought up to `found`."""
    events = []
    for name, text in found.items():
        if name not in before:
            before[name] = {"text": text, "since": now, "told": now}
            events.append(_event(BEGINS, text, now, now))
        elif now - before[name]["told"] >= DAY:
            before[name] |= {"text": text, "told": now}
            events.append(_event(GOES_ON, text, now, before[name]["since"]))
        else:
            before[name]["text"] = text
    for name in [name for name in before if name not in found]:
        over = before.pop(name)
        events.append(_event(ENDS, over["text"].splitlines()[0], now, over["since"]))
    return events


def report(host):
    """{conditions: [{text, since}], undelivered: [{channel, waiting, since, error}]} for `status`; asks the host, changes nothing."""
    state = read(host.paths)
    found = conditions.holding(host, {name: one["text"] for name, one in state.conditions.items()})
    since = {name: _stamp(one["since"]) for name, one in state.conditions.items()}
    return {"conditions": [{"id": name, "text": text, "since": since.get(name)} for name, text in sorted(found.items())],
            "undelivered": [{"channel": name, "waiting": len(state.pending.get(name, [])) + facts["dropped"], "since": _stamp(facts["since"]),
                             "tries": facts["tries"], "error": facts["error"]} for name, facts in sorted(state.failing.items())]}


def lines(found):
    """The report for people."""
    return ([f"ALERT   {'since ' + one['since'] + ': ' if one['since'] else ''}{one['text'].splitlines()[0]}" for one in found["conditions"]]
            + [f"UNTOLD  {one['waiting']} alerts wait for {one['channel']} since {one['since']}, tried {one['tries']} times: {one['error']}" for one in found["undelivered"]])


def _turn(host):
    return locked(host.paths, host.system, "alerts", 300, host.paths.run / "alerts.lock")


def _tell(host, state, events):
    channels = _channels(host)
    for event in events:
        host.log.say(f"{event['kind']}: {event['text']}")
    for name in channels:
        state.pending.setdefault(name, []).extend(events)
    # A channel that is no longer configured has nobody to tell.
    state.pending = {name: waiting for name, waiting in state.pending.items() if name in channels}
    state.failing = {name: facts for name, facts in state.failing.items() if name in channels}
    _write(host, state)
    for name, send in channels.items():
        waiting = state.pending[name]
        if not waiting:
            continue
        facts = state.failing.get(name, {"since": host.system.time(), "tries": 0, "error": "", "dropped": 0})
        error = _attempt(host, send, waiting, facts["dropped"])
        if error is None:
            state.pending[name] = []
            state.failing.pop(name, None)
        else:
            facts |= {"tries": facts["tries"] + 1, "error": error, "dropped": facts["dropped"] + max(0, len(waiting) - MOST)}
            state.pending[name] = waiting[-MOST:]
            state.failing[name] = facts
            host.log.say(f"{name}: {len(waiting)} alerts not delivered, tried {facts['tries']} times: {error}")
        _write(host, state)


def _attempt(host, send, events, dropped=0):
    try:
        send(events, dropped)
        return None
    except HostError as failure:
        return host.log.hide(str(failure))


def _channels(host):
    """{name: function of events and the number of lost ones}."""
    settings, secrets = monitoring.settings(host.paths), monitoring.secrets(host.paths)
    manifest = stored(host.paths)
    where = {"project": manifest.project, "stack": manifest.stack, "host": manifest.host} if manifest else {"project": "webstack", "stack": "", "host": ""}
    found = {}
    if settings.smtp and settings.emails:
        found["mail"] = lambda events, dropped: host.system.mail(settings.smtp, secrets.get(monitoring.PASSWORD, ""), message(settings, where, events, dropped))
    if secrets.get(monitoring.WEBHOOK):
        found["webhook"] = lambda events, dropped: host.system.post(secrets[monitoring.WEBHOOK], payload(where, events, dropped))
    return found


def subject(where, events):
    first = events[0]["text"].splitlines()[0]
    more = f" (and {len(events) - 1} more)" if len(events) > 1 else ""
    return f"[{where['project']} {where['stack']} {where['host']}] {events[0]['kind']}: {first}{more}"


def message(settings, where, events, dropped=0):
    """The mail: plain text, marked so that no out-of-office answer comes back (RFC 3834)."""
    made = email.message.EmailMessage(policy=LINES)
    made["Subject"] = subject(where, events)[:200]
    made["From"] = settings.smtp.sender
    made["To"] = ", ".join(settings.emails)
    made["Date"] = email.utils.formatdate()
    made["Message-ID"] = email.utils.make_msgid(domain=settings.smtp.sender.rpartition("@")[2])
    made["Auto-Submitted"] = "auto-generated"
    parts = [f"{event['kind']} ({event['at']}{', since ' + event['since'] if event['since'] != event['at'] else ''})\n{event['text']}" for event in events]
    made.set_content("\n\n".join([*parts, *_dropped(dropped), "`sudo hostctl status` on the host shows what holds now."]) + "\n")
    return made


def payload(where, events, dropped=0):
    """The JSON: `text` and `attachments` are what Slack and Mattermost show, the rest is for programs.
    https://api.slack.com/reference/messaging/payload"""
    return {"text": subject(where, events), **where, "events": events, "dropped": dropped,
            "attachments": [{"color": COLOURS[event["kind"]], "title": event["kind"], "text": event["text"], "fallback": f"{event['kind']}: {event['text']}",
                             "fields": [{"title": name, "value": value, "short": True} for name, value in (*where.items(), ("since", event["since"]))]}
                            for event in events] + [{"text": text} for text in _dropped(dropped)]}


def _dropped(count):
    return [f"{count} earlier alerts were not kept: this channel took none of them; the journal of webstack-watch.service has them."] if count else []


def _event(kind, text, now, since):
    return {"kind": kind, "text": text, "at": _stamp(now), "since": _stamp(since)}


def _stamp(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).isoformat(timespec="seconds")


def _write(host, state):
    files.write(host.paths.alerts, json.dumps(vars(state), indent=1).encode(), 0o600, host.system.ids("root", "root"))
