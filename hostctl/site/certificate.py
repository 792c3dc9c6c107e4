"""The site's certificate: how it is, and a new one into its place. webstack-certificate.service orders it, see docs/tls.md."""
import os

from ..machine import files
from ..machine.errors import HostError
from ..manifest.stored import stored, stored_or_fail
from .nginx import HTTP3, UNIT as NGINX

UNIT = "webstack-certificate.service"
TIMER = "webstack-certificate.timer"
MODE = 0o640
# A chain and its key are some ten thousand.
PAIR_BYTES = 1 << 20
# It is due with 30 days left, so that with 21 at least a week of hourly orders has failed.
LATE_DAYS = 21
WHY = f"`journalctl -u {UNIT}` says why"


def expected(manifest):
    """Whether the site has TLS."""
    return TIMER in manifest.units


def report(host, manifest):
    """{issuer, until, daysLeft, fault} of the certificate that nginx loads; None for a site without TLS."""
    if not expected(manifest):
        return None
    # Here and below: most verbs look at no certificate, and OpenSSL takes its time to load.
    import ssl
    shown = host.system.run(["openssl", "x509", "-in", str(host.paths.certificate), "-noout", "-subject", "-issuer", "-enddate"], check=False)
    facts = dict(line.split("=", 1) for line in shown.output.splitlines() if "=" in line)
    if shown.code != 0 or "notAfter" not in facts:
        return {"issuer": None, "until": None, "daysLeft": None, "fault": f"{host.paths.certificate} cannot be read; run sudo hostctl renew"}
    days = int((ssl.cert_time_to_seconds(facts["notAfter"]) - host.system.time()) // 86400)
    own = facts["subject"] == facts["issuer"]
    failed = host.units.states([UNIT])[UNIT].active == "failed"
    if days < 0:
        fault = f"has expired; {WHY}"
    elif own:
        fault = f"is the host's stand-in, which no browser trusts; {WHY}"
    elif days < LATE_DAYS:
        fault = f"must have been renewed by now; {WHY}"
    else:
        fault = f"could not be renewed when that was tried last; {WHY}" if failed else None
    return {"issuer": None if own else facts["issuer"], "until": facts["notAfter"], "daysLeft": days, "fault": fault}


def line(found):
    """The report for people."""
    if found["until"] is None:
        return found["fault"]
    return f"until {found['until']}, {found['daysLeft']} days left" + (f"  ERROR: it {found['fault']}" if found["fault"] else "")


def install(host):
    """Put the certificate that was ordered last into its place and let nginx load it; nothing to do where it is there already.
    Raises HostError after putting the old one back when nginx does not take it."""
    manifest = stored_or_fail(host.paths)
    if not expected(manifest):
        raise HostError("this site has no TLS; set site.tls in the stack's file")
    place, ids = host.paths.certificate, host.system.ids("root", "www-data")
    new = _ordered(host.paths.ordered_certificate)
    if files.matches(place, new, MODE, ids):
        return
    old = place.read_bytes() if place.exists() else None
    host.log.step("CERTIFICATE")
    with host.log.event("Certificate-installation"):
        files.write(place, new, MODE, ids)
        try:
            host.nginx.test()
            if host.units.runs(NGINX):
                host.nginx.reload()
        except Exception:
            if old is not None:
                files.write(place, old, MODE, ids)
            raise
        # The site's nginx has the new one by now, so the old one does not come back, and no other is ordered; one that does not start is tried again by systemd.
        files.remove(_asked(host))
        if HTTP3 in manifest.units:
            host.units.call("try-restart", [HTTP3])


def renew(host):
    """Order a certificate now. Raises HostError with the authority's words; the wish stands until an order succeeds."""
    if not expected(stored_or_fail(host.paths)):
        raise HostError("this site has no TLS; set site.tls in the stack's file")
    files.write(_asked(host), b"", 0o644, host.system.ids("root", "root"))
    _order(host)


def order_after_apply(host):
    """Order what is due. A failure is told and no failure of the apply: the site serves, and the first certificate of a new
    site cannot be had before its name leads to this host."""
    manifest = stored(host.paths)
    if manifest is None or not expected(manifest):
        return
    host.log.step("CERTIFICATE")
    try:
        with host.log.event("Certificate-order"):
            _order(host)
    except HostError as failure:
        host.log.say(f"{failure}\nThe site serves with the certificate that it has; {TIMER} tries again every hour, `hostctl status` shows how it is.")


def _order(host):
    began = host.system.time()
    if host.units.call("start", [UNIT], check=False, timeout=900).code != 0:
        raise HostError(f"{UNIT}: no certificate was had\n{host.units.journal(UNIT, began)}".rstrip())


def _asked(host):
    return host.paths.run / "renew-certificate"


def _ordered(path):
    """The pair, looked at before anything is replaced. The unit's user owns its place, and may change it meanwhile: it is read once."""
    try:
        content = files.read_foreign(path, PAIR_BYTES)
    except OSError as failure:
        raise HostError(f"{path}: no certificate was ordered yet ({failure.strerror}); run sudo hostctl renew") from None
    import ssl
    handle = os.memfd_create("certificate", os.MFD_CLOEXEC)
    try:
        os.write(handle, content)
        ssl.create_default_context().load_cert_chain(f"/proc/self/fd/{handle}")
    except (ssl.SSLError, OSError) as failure:
        raise HostError(f"{path}: is no certificate with its key ({failure}); run sudo hostctl renew") from None
    finally:
        os.close(handle)
    return content
