"""How an order is paid: on Stripe's page where the site has a key, else at the counter or the door. What Stripe itself answers counts, never
what a visitor or a notice says."""
import logging

from shop import ordering
from shop.models import Order, Payment
from shop.ordering import Conflict

from . import sessions
from .models import Checkout

log = logging.getLogger(__name__)
Status = Payment.Status


def begin(order: Order, page: str) -> tuple[Payment, str]:
    """The order's payment, and the address of Stripe's page for it, which leads back to `page`; without Stripe the address is empty. Raises
    Conflict when it cannot be paid so, Unavailable when Stripe does not answer; after that it can be begun again."""
    if not sessions.on():
        return ordering.pay(order, "counter"), ""
    payment = Payment.objects.filter(order=order).first() or ordering.pay(order, "stripe")
    if order.status == Order.Status.CANCELED:
        raise Conflict("order: is canceled and cannot be paid")
    checkout = Checkout.objects.filter(payment=payment).first()
    if payment.status != Status.PAID and checkout:
        found = sessions.read(checkout.session)
        if not _settle(payment, found) and found.url:
            return payment, found.url
    if payment.status == Status.PAID:
        raise Conflict("order: is paid already")
    started = sessions.start(payment, page, checkout.session if checkout else "")
    Checkout.objects.update_or_create(payment=payment, defaults={"session": started.id})
    Payment.objects.filter(pk=payment.pk).update(provider="stripe")
    payment.provider = "stripe"
    return payment, started.url


def settle(session: str) -> None:
    """Look at Stripe whether the payment of a session was made, if it is one of ours that waits. Raises Unavailable."""
    checkout = Checkout.objects.select_related("payment").filter(session=session).first()
    if checkout and checkout.payment.status == Status.PENDING and sessions.on():
        _settle(checkout.payment, sessions.read(session))


def _settle(payment: Payment, found: sessions.Session) -> bool:
    """Whether it is paid by now, in the database too."""
    if not found.paid:
        return False
    if (found.reference, found.amount_cents, found.currency) != (payment.reference, payment.amount_cents, "eur"):
        log.error("session %s: paid %s %s for %s, must be %s eur for %s", found.id, found.amount_cents, found.currency, found.reference, payment.amount_cents, payment.reference)
        return False
    Payment.objects.filter(pk=payment.pk, status=Status.PENDING).update(status=Status.PAID)
    payment.status = Status.PAID
    return True
