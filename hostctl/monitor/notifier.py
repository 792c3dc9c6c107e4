"""The notifier: events go out by every channel of the description. What a channel did not take waits on the disk and is sent with the next
attempt, so that no alert is lost without a word."""
import datetime
import json

from ..machine import files
from ..machine.errors import HostError
from ..machine.lock import locked
from ..manifest.stored import stored
from . import monitoring, status_page, topic

# Of one channel that is away; more are counted instead of kept.
MOST = 200
BEGINS, GOES_ON, ENDS, HAPPENED = "begins", "goes on", "ends", "happened"
# Of Slack's attachments; others ignore it.
COLOURS = {BEGINS: "danger", GOES_ON: "warning", ENDS: "good", HAPPENED: "warning"}


class State:
    """`conditions`: by ID {text, since, told}, times in seconds since 1970. `pending`: by channel the events {kind, text, at, since} that it has not taken.
    `failing`: by channel that does not take them {since, tries, error, dropped}. `page`: of the status page."""

    def __init__(self, conditions, pending, failing, page=None):
        self.conditions, self.pending, self.failing, self.page = conditions, pending, failing, page or status_page.begin()


def read(paths):
    """What is kept; empty where nothing is, or what is there cannot be read."""
    try:
        return State(**json.loads(paths.alerts.read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return State({}, {}, {})


def tell(host, text):
    """Tell of something that happened and is over. Never raises for a channel that does not take it: it waits then."""
    with turn(host):
        now = host.system.time()
        deliver(host, read(host.paths), [event(HAPPENED, host.log.mask(text), now, now)])


def test(host):
    """Send a test message by every channel, now; returns {channel: None or what went wrong}."""
    channels = _channels(host)
    if not channels:
        raise HostError("alerts: no channel is configured; set monitoring.emails, on local with monitoring.smtp, or the secret alertWebhook")
    now = host.system.time()
    with turn(host):
        state = read(host.paths)
        _show(host, state, [event(HAPPENED, "", now, now)])
    return {name: _attempt(host, send, [event(HAPPENED, "a test: alerts of this host arrive", now, now)]) for name, send in channels.items()}


def turn(host):
    """One at a time reads and writes what is kept."""
    return locked(host.paths, host.system, "alerts", 300, host.paths.run / "alerts.lock")


def deliver(host, state, events):
    """Send the events, and whatever waits, by every channel; `state` is kept with what none of them took."""
    channels = _channels(host)
    for one in events:
        host.log.say(f"{one['kind']}: {one['text']}")
    for name in channels:
        state.pending.setdefault(name, []).extend(events)
    # A channel that is no longer configured has nobody to tell.
    state.pending = {name: waiting for name, waiting in state.pending.items() if name in channels}
    state.failing = {name: facts for name, facts in state.failing.items() if name in channels}
    _show(host, state, events)
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


def _show(host, state, events):
    """What is kept, and the status page by it."""
    for one in events:
        if one["kind"] != ENDS:
            status_page.ring(state.page, host.system.time(), over=one["kind"] == HAPPENED)
    status_page.show(host, state.page, bool(state.conditions))
    _write(host, state)


def event(kind, text, now, since):
    """Times in seconds since 1970."""
    return {"kind": kind, "text": text, "at": stamp(now), "since": stamp(since)}


def stamp(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).isoformat(timespec="seconds")


def subject(where, events):
    first = events[0]["text"].splitlines()[0]
    more = f" (and {len(events) - 1} more)" if len(events) > 1 else ""
    return f"[{where['project']} {where['stack']} {where['host']}] {events[0]['kind']}: {first}{more}"


def body(events, dropped=0):
    """What people read, as plain text."""
    parts = [f"{event['kind']} ({event['at']}{', since ' + event['since'] if event['since'] != event['at'] else ''})\n{event['text']}" for event in events]
    return "\n\n".join([*parts, *_dropped(dropped), "`sudo hostctl status` on the host shows what holds now."]) + "\n"


def payload(where, events, dropped=0):
    """The JSON: `text` and `attachments` are what Slack and Mattermost show, the rest is for programs.
    https://api.slack.com/reference/messaging/payload"""
    return {"text": subject(where, events), **where, "events": events, "dropped": dropped,
            "attachments": [{"color": COLOURS[event["kind"]], "title": event["kind"], "text": event["text"], "fallback": f"{event['kind']}: {event['text']}",
                             "fields": [{"title": name, "value": value, "short": True} for name, value in (*where.items(), ("since", event["since"]))]}
                            for event in events] + [{"text": text} for text in _dropped(dropped)]}


def _dropped(count):
    return [f"{count} earlier alerts were not kept: this channel took none of them; the journal of webstack-watch.service has them."] if count else []


def _attempt(host, send, events, dropped=0):
    try:
        send(events, dropped)
        return None
    except HostError as failure:
        return host.log.mask(str(failure))


def _mail(host, settings, password, title, text):
    # Loaded for a mail alone: Python's email takes as long as all else that a look at the host needs.
    from . import mail
    host.system.mail(settings.smtp, password, mail.message(settings, title, text))


def _channels(host):
    """{name: function of events and the number of lost ones}."""
    settings, secrets = monitoring.settings(host.paths), monitoring.secrets(host.paths)
    manifest = stored(host.paths)
    where = {"project": manifest.project, "stack": manifest.stack, "host": manifest.host} if manifest else {"project": "webstack", "stack": "", "host": ""}
    found = {}
    if settings.smtp and settings.emails:
        found["mail"] = lambda events, dropped: _mail(host, settings, secrets.get(monitoring.PASSWORD, ""), subject(where, events), body(events, dropped))
    if secrets.get(monitoring.WEBHOOK):
        found["webhook"] = lambda events, dropped: host.system.post(secrets[monitoring.WEBHOOK], payload(where, events, dropped))
    if secrets.get(monitoring.TOPIC):
        found["topic"] = lambda events, dropped: topic.publish(host.system, secrets[monitoring.TOPIC], subject(where, events), body(events, dropped))
    if secrets.get(monitoring.PAGE):
        # It shows what stands, see deliver(); a message it cannot carry.
        found["status page"] = lambda _events, _dropped: None
    return found


def _write(host, state):
    files.write(host.paths.alerts, json.dumps(vars(state), indent=1).encode(), 0o600, host.system.ids("root", "root"))
