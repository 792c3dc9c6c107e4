"""POST /orders, GET /orders/{id}, PUT /orders/{id}/{status}, POST /payment."""
import logging
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse

from payments import paying
from payments.sessions import Unavailable
from shop import ordering
from shop.models import MAX_QUANTITY, Account, Order, Product, Restaurant

from . import fields, token
from .service import ApiError, body_of, created, not_found

log = logging.getLogger(__name__)
_ID = fields.number(1, 2**63 - 1)
_MAX_LINES = 50


def _line(value: Any) -> tuple[int, int]:
    if not isinstance(value, dict):
        raise ValueError("must hold objects of product and quantity")
    try:
        data = fields.read(value, {
            "product": (_ID, fields.REQUIRED),
            "quantity": (fields.number(1, MAX_QUANTITY), fields.REQUIRED),
        })
    except ApiError as error:
        raise ValueError("; ".join(f"{name} {wrong}" for name, wrong in (error.fields or {}).items())) from None
    return data["product"], data["quantity"]


def _lines(value: Any) -> dict[int, int]:
    """Product id to quantity."""
    if not isinstance(value, list) or not 1 <= len(value) <= _MAX_LINES:
        raise ValueError(f"must be a list of 1 to {_MAX_LINES} objects")
    quantities = dict(_line(v) for v in value)
    if len(quantities) < len(value):
        raise ValueError("must name each product once")
    return quantities


def create(request: HttpRequest) -> HttpResponse:
    """With or without a token. The id in the answer is all that is needed to read the order again."""
    user = token.caller(request)
    data = fields.read(body_of(request), {
        "restaurant": (_ID, fields.REQUIRED),
        "lines": (_lines, fields.REQUIRED),
        "name": (fields.text(60, 1), fields.REQUIRED),
        "mode": (fields.word(*Order.Mode.values), Order.Mode.PICKUP),
        "phone": (fields.text(20), ""),
        "address": (fields.text(200), ""),
    })
    wrong = {}
    if data["mode"] == Order.Mode.DELIVERY:
        wrong = {name: "is needed for a delivery" for name in ("address", "phone") if not data[name]}
    restaurant = Restaurant.objects.filter(id=data.pop("restaurant")).first()
    if restaurant is None:
        wrong["restaurant"] = "must be the id of a restaurant"
    quantities: dict[int, int] = data.pop("lines")
    products = {p.pk: p for p in Product.objects.filter(id__in=quantities)}
    if unknown := quantities.keys() - products.keys():
        wrong["lines"] = f"must name products, got {', '.join(map(str, sorted(unknown)))}"
    if wrong:
        raise ApiError(400, "some fields are wrong", wrong)
    if sold_out := [p.name for p in products.values() if not p.available]:
        raise ordering.Conflict(f"lines: sold out today: {', '.join(sold_out)}")
    account = Account.objects.filter(pk=user.pk).first() if user else None
    order = ordering.place(
        Order(restaurant=restaurant, account=account, **data),
        [(products[product_id], quantity) for product_id, quantity in quantities.items()],
    )
    return created(_json(order), f"/orders/{order.pk}")


def _find(order_id: str | UUID) -> Order:
    try:
        order_id = fields.order_id(str(order_id))
    except ValueError:
        raise not_found("order") from None
    order = Order.objects.select_related("payment").prefetch_related("lines__product").filter(id=order_id).first()
    if order is None:
        raise not_found("order")
    return order


def read(_request: HttpRequest, order_id: str) -> HttpResponse:
    return JsonResponse(_json(_find(order_id)))


def change_status(request: HttpRequest, order_id: str, status: str) -> HttpResponse:
    """Staff may make every allowed move; the account that ordered may cancel what the kitchen has not begun."""
    user = token.require_caller(request)
    if status not in Order.Status.values:
        raise ApiError(400, f"status: must be one of {', '.join(Order.Status.values)}")
    order = _find(order_id)
    cancels_own = order.account_id == user.pk and status == Order.Status.CANCELED and order.status == Order.Status.RECEIVED
    if not user.is_staff and not cancels_own:
        raise ApiError(403, "order: only staff may give it this status")
    return JsonResponse(_json(ordering.move(order, status)))


def pay(request: HttpRequest) -> HttpResponse:
    """The amount is the order's, never the caller's; `url` is the page to pay at, where the site has Stripe. Again, it is the same payment."""
    order = _find(fields.read(body_of(request), {"order": (fields.order_id, fields.REQUIRED)})["order"])
    try:
        payment, url = paying.begin(order, request.build_absolute_uri(order.get_absolute_url()))
    except Unavailable as error:
        log.warning("no payment begun: %s", error)
        raise ApiError(503, "payment: Stripe does not answer just now; try again") from error
    return created({
        "id": payment.pk,
        "order": str(order.pk),
        "amountCents": payment.amount_cents,
        "currency": "EUR",
        "provider": payment.provider,
        "reference": payment.reference,
        "status": payment.status,
        "url": url or None,
    }, f"/orders/{order.pk}")


def _json(order: Order) -> dict[str, Any]:
    """Without telephone and address: whoever has the link may read it."""
    payment = getattr(order, "payment", None)
    return {
        "id": str(order.pk),
        "restaurant": order.restaurant_id,
        "name": order.name,
        "mode": order.mode,
        "status": order.status,
        "lines": [{
            "product": line.product_id,
            "name": line.product.name,
            "quantity": line.quantity,
            "unitPriceCents": line.unit_price_cents,
        } for line in order.lines.all()],
        "totalCents": order.total_cents,
        "payment": payment.status if payment else None,
        "createdAt": order.created_at.isoformat(timespec="seconds"),
    }
