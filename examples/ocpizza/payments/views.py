"""From an order's page to Stripe's, and Stripe's notices."""
import logging

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from api.service import ApiError, body_of
from shop.models import Order
from shop.ordering import Conflict

from . import paying, sessions

log = logging.getLogger(__name__)


def cards_of(_request: HttpRequest) -> dict[str, bool]:
    """Template context: whether an order can be paid by card before it is received."""
    return {"cards": sessions.on()}


@require_POST
@never_cache
def pay(request: HttpRequest, order_id: object) -> HttpResponse:
    """Who has the link of an order may pay for it."""
    order = get_object_or_404(Order, id=order_id)
    if not sessions.on():
        return redirect(order)
    try:
        _, url = paying.begin(order, request.build_absolute_uri(order.get_absolute_url()))
        return redirect(url)
    except Conflict:
        return redirect(order)
    except sessions.Unavailable as error:
        log.warning("no payment begun: %s", error)
        messages.error(request, "Our payment service does not answer just now. Please try again in a moment, or pay when you receive it.")
        return redirect(order)


@csrf_exempt
@require_POST
@never_cache
def notice(request: HttpRequest) -> HttpResponse:
    """A webhook for `checkout.session.*`. It is only a hint: the session that it names is read at Stripe with the key, so that no forged one
    pays for anything, and one that is none of ours asks nobody. Not 2xx makes Stripe send it again."""
    try:
        session = body_of(request)["data"]["object"]["id"]
    except ApiError as error:
        return error.response()
    except (KeyError, TypeError):
        session = None
    if not isinstance(session, str):
        return ApiError(400, "data.object.id: must be the id of a session").response()
    try:
        paying.settle(session)
    except sessions.Unavailable as error:
        log.warning("notice not followed: %s", error)
        return ApiError(503, "payment: cannot be looked at now; send this again").response()
    return JsonResponse({"status": "seen"})
