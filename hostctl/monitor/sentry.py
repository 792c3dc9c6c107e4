"""Releases are announced to Sentry, so that it tells which one an error came with. https://docs.sentry.io/api/releases/"""
from ..machine.errors import HostError, Locked
from ..manifest.stored import stored
from . import monitoring, notifier


def announce(host, digest):
    """Tell Sentry that a release serves. A failure is logged and alerted, and is none of the release."""
    chosen, token = monitoring.settings(host.paths).sentry, monitoring.secrets(host.paths).get(monitoring.TOKEN)
    if chosen is None or not token:
        return
    host.log.step("SENTRY")
    base, login = f"{chosen.url}/api/0/organizations/{chosen.organization}/releases/", {"Authorization": f"Bearer {token}"}
    try:
        with host.log.event("Release-announcement", chosen.url):
            # 208 for one that Sentry knows already, after a rollback.
            host.system.post(base, {"version": digest, "projects": [chosen.project]}, login)
            host.system.post(f"{base}{digest}/deploys/", {"environment": stored(host.paths).stack}, login)
    except HostError as failure:
        try:
            notifier.tell(host, f"release {digest} serves, and could not be announced to Sentry: {failure}")
        except Locked as busy:
            host.log.say(str(busy))
