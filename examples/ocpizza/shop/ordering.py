"""Orders: made in one transaction, moved along one way. The pages and the web services both come here."""
from collections.abc import Iterable
from secrets import token_hex

from django.db import IntegrityError, transaction

from .models import Order, OrderLine, Payment, Product

Status = Order.Status

# What may follow what; nothing follows "delivered" and "canceled".
NEXT: dict[str, tuple[str, ...]] = {
    Status.RECEIVED: (Status.PREPARING, Status.CANCELED),
    Status.PREPARING: (Status.READY, Status.CANCELED),
    Status.READY: (Status.DELIVERED, Status.CANCELED),
    Status.DELIVERED: (),
    Status.CANCELED: (),
}


class Conflict(Exception):
    """The order is in a state that does not allow what was asked; the text says why."""


def place(order: Order, lines: Iterable[tuple[Product, int]]) -> Order:
    """Save a new order with its lines at today's prices."""
    with transaction.atomic():
        order.save(force_insert=True)
        OrderLine.objects.bulk_create(
            OrderLine(order=order, product=product, quantity=quantity, unit_price_cents=product.price_cents)
            for product, quantity in lines
        )
    return order


def move(order: Order, status: str) -> Order:
    """Give the order its next status. Raises Conflict when it is not one that may follow."""
    if status not in NEXT[order.status]:
        allowed = " or ".join(f'"{s}"' for s in NEXT[order.status]) or "nothing"
        raise Conflict(f'status: "{order.status}" may be followed by {allowed}, got "{status}"')
    # Compare and set in one statement: of two people who press at once, one is told.
    if not Order.objects.filter(id=order.id, status=order.status).update(status=status):
        raise Conflict("status: somebody else changed it just now; read the order again")
    order.status = status
    return order


def pay(order: Order, provider: str) -> Payment:
    """Record a payment of the whole order that waits for the provider: "stripe" or "counter". Raises Conflict when there is one already."""
    if order.status == Status.CANCELED:
        raise Conflict("order: is canceled and cannot be paid")
    try:
        with transaction.atomic():
            return Payment.objects.create(order=order, amount_cents=order.total_cents, provider=provider, reference=f"ocp_{token_hex(12)}")
    except IntegrityError:
        raise Conflict("order: already has a payment") from None
