"""Stripe's page for one payment: https://docs.stripe.com/payments/checkout. The card is typed there and never here."""
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings

from shop.models import Payment

if TYPE_CHECKING:
    import stripe

# The version that the shop's account is at: https://docs.stripe.com/upgrades
API_VERSION = "2020-08-27"
SECONDS = 8


class Unavailable(Exception):
    """Stripe did not answer, or refused; the text says why and holds no key. It may be asked again."""


class Session(NamedTuple):
    """What Stripe says of one try. `url` is its page, empty once nothing can be paid there."""

    id: str
    url: str
    paid: bool
    amount_cents: int
    currency: str
    reference: str


def on() -> bool:
    return bool(settings.STRIPE_API_KEY)


def start(payment: Payment, page: str, before: str = "") -> Session:
    """A new session for the whole order, which leads back to `page`. The same one for the same session `before`, so that a call whose
    answer was lost, or two at once, make one. Raises Unavailable."""
    lines = [{"quantity": line.quantity, "price_data": {"currency": "eur", "unit_amount": line.unit_price_cents, "product_data": {"name": line.product.name}}}
             for line in payment.order.lines.select_related("product")]
    return _asked(lambda client: client.v1.checkout.sessions.create(
        {"mode": "payment", "payment_method_types": ["card"], "line_items": lines, "client_reference_id": payment.reference,
         "success_url": f"{page}?stripe=back", "cancel_url": page},
        {"idempotency_key": f"{payment.reference}:{before}"}))


def read(session: str) -> Session:
    """Raises Unavailable."""
    return _asked(lambda client: client.v1.checkout.sessions.retrieve(session))


def _asked(ask) -> Session:
    # Here alone: a site without Stripe, and a worker that nobody pays through, do without its modules.
    import stripe

    client = stripe.StripeClient(settings.STRIPE_API_KEY, stripe_version=API_VERSION, base_addresses={"api": settings.STRIPE_API},
                                 max_network_retries=1, http_client=stripe.RequestsClient(timeout=SECONDS))
    try:
        return _session(ask(client))
    except stripe.StripeError as error:
        raise Unavailable(f"{type(error).__name__}, status {error.http_status}, request {error.request_id}") from error


def _session(found: "stripe.checkout.Session") -> Session:
    return Session(found.id, found.url or "", found.payment_status == "paid", found.amount_total or 0, found.currency or "", found.client_reference_id or "")
