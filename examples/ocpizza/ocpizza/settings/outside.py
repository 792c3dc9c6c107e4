"""Services outside that have a key. A value that cannot be one, such as a rehearsal makes up, leaves its service off and says so once at the start."""
import re
import sys


def stripe_key(value: str) -> str:
    """The value, if it is a secret or restricted key of Stripe, else nothing. https://docs.stripe.com/keys"""
    return value if _has_form(value, r"(sk|rk)_\w+", "STRIPE_API_KEY: is no secret key of Stripe (sk_... or rk_...), so nobody pays by card on the site") else ""


def report_errors(dsn: str) -> None:
    """Have exceptions that nobody catches, and errors in the log, sent to Sentry, without what visitors sent or what variables held. The SDK reads
    SENTRY_RELEASE and SENTRY_ENVIRONMENT itself."""
    if not _has_form(dsn, r"https?://\w+@[^/\s]+/\S*\d+", "SENTRY_DSN: is no DSN of Sentry (https://KEY@HOST/PROJECT), so errors are in the journal alone"):
        return
    # Here alone: without a DSN no process has to hold it.
    import sentry_sdk

    sentry_sdk.init(dsn, send_default_pii=False, include_local_variables=False, max_request_body_size="never")


def _has_form(value: str, form: str, otherwise: str) -> bool:
    found = re.fullmatch(form, value) is not None
    if value and not found:
        print(otherwise, file=sys.stderr)
    return found
