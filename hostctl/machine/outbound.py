"""Outbound mail and webhooks, a POST of JSON: all that leaves the host. Every server is given ten seconds for each of its answers."""
import http.client
import json
import smtplib
import ssl
import urllib.error
import urllib.request

from .errors import HostError

SECONDS = 10


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirected POST becomes a GET without its body, which would look like success."""

    def redirect_request(self, *_):
        return None


def mail(smtp, password, message):
    """See System.mail()."""
    context = ssl.create_default_context()
    try:
        kind = smtplib.SMTP_SSL if smtp.tls == "tls" else smtplib.SMTP
        more = {"context": context} if smtp.tls == "tls" else {}
        with kind(smtp.host, smtp.port, timeout=SECONDS, **more) as server:
            if smtp.tls == "starttls":
                server.starttls(context=context)
            if smtp.user:
                server.login(smtp.user, password)
            refused = server.send_message(message)
    except (smtplib.SMTPException, OSError) as failure:
        raise HostError(f"{smtp.host}:{smtp.port}: {failure or type(failure).__name__}") from None
    if refused:
        raise HostError(f"{smtp.host}:{smtp.port}: refused {', '.join(sorted(refused))}")


def post(url, value, headers):
    """See System.post()."""
    asked = urllib.request.Request(url, json.dumps(value).encode(), {"Content-Type": "application/json", "User-Agent": "webstack-hostctl", **headers})
    try:
        with urllib.request.build_opener(_Stay).open(asked, timeout=SECONDS) as answer:
            answer.read(65536)
    except urllib.error.HTTPError as failure:
        raise HostError(f"{asked.host}: answered {failure.code} {failure.read(200).decode('utf-8', 'replace')}".strip()) from None
    except (OSError, ValueError, http.client.HTTPException) as failure:
        raise HostError(f"{asked.host}: {getattr(failure, 'reason', failure)}".strip()) from None
