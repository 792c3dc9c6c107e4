"""`maintenance on` and `off`: visitors get a page (or JSON) with 503, operators and health pages the app.

/etc/nginx/webstack/maintenance is a link to maintenance-off (of the manifest) or maintenance-on (written here): the one truth,
which releases and reboots leave alone."""
import datetime
import html
import json

from ..machine import files
from ..machine.errors import HostError
from ..manifest.stored import stored_or_fail
from .nginx import UNIT

ON, OFF = "maintenance-on", "maintenance-off"
# Retry-After when nobody said how long it takes.
RETRY_SECONDS = 300
# What visitors who are held see, and how long those may take who are still held when it is over.
PAGES, DRAIN_SECONDS = ("page.html", "page.css"), 10
# hostctl itself asks health pages from here.
OWN = ("127.0.0.1/32", "::1/128")


def on(host, message, until=None, allow=()):
    """Hold everybody but the networks in `allow`. `until`: when it shall be over, in seconds since 1970, or None. Said again,
    it replaces what was said before."""
    _require_site(host)
    notice = {"message": message, "until": _iso(until), "since": (state(host.paths) or {}).get("since") or _iso(host.system.time()),
              "allow": list(allow)}
    folder = host.paths.nginx / ON
    host.log.step("MAINTENANCE")
    with host.log.event("Maintenance-on", message):
        for name, text in _texts(host.paths, notice, until).items():
            files.write(folder / name, text.encode(), 0o600 if name == "notice.json" else 0o644, host.system.ids("root", "root"))
        _switch(host, ON)


def off(host):
    """Let everybody in again."""
    _require_site(host)
    host.log.step("MAINTENANCE")
    with host.log.event("Maintenance-off"):
        shown, lent = host.paths.nginx / ON / "answer", host.paths.nginx / OFF / "answer"
        # Until they have ended, workers that hold visitors look their page up by the link, and would answer 404.
        pages = [name for name in PAGES if (shown / name).exists()]
        for name in pages:
            files.write(lent / name, (shown / name).read_bytes(), 0o644, host.system.ids("root", "root"))
        _switch(host, OFF)
        host.nginx.drain(DRAIN_SECONDS)
        for name in pages:
            files.remove(lent / name)


def state(paths):
    """{message, until, since, allow} while there is maintenance, else None; times in UTC."""
    if files.target(paths.maintenance) != ON:
        return None
    return json.loads((paths.nginx / ON / "notice.json").read_text())


def make_link(paths):
    """The link that nginx's configuration needs, where there is none yet."""
    if (paths.nginx / OFF).exists() and files.target(paths.maintenance) is None:
        files.link(paths.maintenance, OFF)


def _require_site(host):
    if not stored_or_fail(host.paths).slot_services():
        raise HostError("this host serves no site")


def _texts(paths, notice, until):
    """The files of maintenance-on by name."""
    page = (paths.programs / "maintenance/page.html").read_text()
    shown = f'<p class="until"><time datetime="{notice["until"]}">{_clock(until)}</time></p>' if until else ""
    page = page.replace("{{until}}", shown).replace("{{message}}", html.escape(notice["message"]))
    retry = _http_date(until) if until else str(RETRY_SECONDS)
    let_in = "".join(f"    {network} 0;\n" for network in dict.fromkeys((*OWN, *notice["allow"])))
    return {
        "state.conf": "# Written by `hostctl maintenance on`.\n"
                      f"geo $maintenance {{\n    default 1;\n{let_in}}}\n"
                      f'map $host $maintenance_retry_after {{\n    default "{retry}";\n}}\n',
        "notice.json": json.dumps(notice),
        "answer/page.html": page,
        "answer/page.css": (paths.programs / "maintenance/page.css").read_text(),
        "answer/status.json": json.dumps({"maintenance": True, "message": notice["message"], "until": notice["until"]}) + "\n",
    }


def _switch(host, name):
    before = files.target(host.paths.maintenance)
    files.link(host.paths.maintenance, name)
    try:
        host.nginx.test()
    except HostError:
        files.link(host.paths.maintenance, before or OFF)
        raise
    if host.units.runs(UNIT):
        host.nginx.reload()


def _http_date(seconds):
    from email.utils import formatdate
    return formatdate(seconds, usegmt=True)


def _iso(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).isoformat(timespec="seconds") if seconds else None


def _clock(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
