"""Who is told of what, by the settings, and the secrets beside them."""
from typing import NamedTuple

from ..machine import files
from ..machine.errors import HostError
from ..manifest import environment
from ..manifest.settings import read

PASSWORD, WEBHOOK, TOKEN = "smtpPassword", "alertWebhook", "sentryToken"
# What a cloud gives a host to be heard by: the ARN of a topic (topic.py), the name of a page (status_page.py).
TOPIC, PAGE = "alertTopic", "statusPage"
NAMES = (PASSWORD, WEBHOOK, TOKEN, TOPIC, PAGE)


class Smtp(NamedTuple):
    host: str
    port: int
    # "starttls", "tls" or "none".
    tls: str
    # "" means no login.
    user: str
    sender: str


class Sentry(NamedTuple):
    organization: str
    project: str
    url: str


class Settings(NamedTuple):
    emails: tuple[str, ...] = ()
    smtp: Smtp | None = None
    sentry: Sentry | None = None


def settings(paths):
    """What the settings say; nobody is told where they say nothing."""
    raw = read(paths)["monitoring"]
    if raw is None:
        return Settings()
    smtp, sentry = raw["smtp"], raw["sentry"]
    return Settings(tuple(raw["emails"]),
                    Smtp(smtp["host"], smtp["port"], smtp["tls"], smtp["user"], smtp["from"]) if smtp else None,
                    Sentry(sentry["organization"], sentry["project"], sentry["url"]) if sentry else None)


def secrets(paths):
    """{name: value} of those that are set."""
    try:
        return environment.read(paths.monitoring_secrets.read_bytes())
    except FileNotFoundError:
        return {}


def keep_secrets(host, values):
    """Store the secrets, for root alone. Raises HostError that names what no one knows, never a value."""
    unknown = sorted(set(values) - set(NAMES))
    if unknown:
        raise HostError(f"standard input: secrets must be of {', '.join(NAMES)}, got {', '.join(unknown)}")
    content, ids = environment.render(environment.checked(values)), host.system.ids("root", "root")
    if not files.matches(host.paths.monitoring_secrets, content, environment.MODE, ids):
        files.write(host.paths.monitoring_secrets, content, environment.MODE, ids)
