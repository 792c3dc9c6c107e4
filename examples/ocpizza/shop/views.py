"""The pages of the shop: plain forms, no script."""
import logging

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from payments import paying
from payments.sessions import Unavailable

from . import ordering
from .basket import Basket
from .forms import OrderForm
from .models import Account, Order, Payment, Product, Restaurant

log = logging.getLogger(__name__)
LEADS_TO_STRIPE = ("default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self' https://checkout.stripe.com; "
                   "frame-ancestors 'none'")


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    products = Product.objects.filter(available=True)
    return render(request, "shop/home.html", {
        "pizzas": [p for p in products if p.kind == Product.Kind.PIZZA],
        "extras": [p for p in products if p.kind != Product.Kind.PIZZA],
        "restaurants": Restaurant.objects.all(),
    })


@require_GET
@never_cache
def basket(request: HttpRequest) -> HttpResponse:
    lines = Basket(request).lines()
    return render(request, "shop/basket.html", {"lines": lines, "total_cents": sum(line.total_cents for line in lines)})


def _posted_product(request: HttpRequest) -> Product:
    """The available product that the form names, or 404."""
    number = request.POST.get("product", "")
    return get_object_or_404(Product, id=int(number) if number.isdecimal() else 0, available=True)


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    product = _posted_product(request)
    Basket(request).add(product)
    messages.success(request, f"{product.name} is in your basket.")
    return redirect("basket")


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    quantity = request.POST.get("quantity", "")
    Basket(request).set(_posted_product(request), int(quantity) if quantity.isdecimal() else 0)
    return redirect("basket")


@require_http_methods(["GET", "POST"])
@never_cache
def order(request: HttpRequest) -> HttpResponse:
    own = Basket(request)
    lines = own.lines()
    if not lines:
        return redirect("basket")
    account = Account.objects.filter(pk=request.user.pk).first() if request.user.is_authenticated else None
    known = {field: getattr(account, field) for field in ("name", "phone", "address")} if account else {}
    form = OrderForm(request.POST or None, initial=known, instance=Order(account=account), label_suffix="")
    if form.is_valid():
        placed = ordering.place(form.save(commit=False), ((line.product, line.quantity) for line in lines))
        own.clear()
        return redirect(placed)
    return render(request, "shop/order.html", {
        "form": form, "lines": lines, "total_cents": sum(line.total_cents for line in lines),
    }, status=400 if form.is_bound else 200)


@require_GET
@never_cache
def track(request: HttpRequest, order_id: object) -> HttpResponse:
    """The way of one order. Who has the link may look; telephone and address are not shown. Who comes back from Stripe has it looked at."""
    placed = get_object_or_404(Order.objects.select_related("restaurant", "payment__checkout").prefetch_related("lines__product"), id=order_id)
    payment = getattr(placed, "payment", None)
    if "stripe" in request.GET and hasattr(payment, "checkout"):
        try:
            paying.settle(payment.checkout.session)
            payment.refresh_from_db(fields=["status"])
        except Unavailable as error:
            # Its notice comes, too.
            log.warning("payment not looked at: %s", error)
    way = [Order.Status.RECEIVED, Order.Status.PREPARING, Order.Status.READY, Order.Status.DELIVERED]
    done = way.index(placed.status) if placed.status in way else -1
    page = render(request, "shop/track.html", {
        "order": placed,
        "canceled": placed.status == Order.Status.CANCELED,
        "paid": payment is not None and payment.status == Payment.Status.PAID,
        "back": "stripe" in request.GET,
        "steps": [{"label": s.label, "done": i <= done, "now": i == done} for i, s in enumerate(way)],
    })
    # A form may lead on to Stripe: what nginx says of forms otherwise holds for where they end, too.
    page["Content-Security-Policy"] = LEADS_TO_STRIPE
    return page


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "shop/not_found.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    # No request context: what failed may well be the database, which the header asks.
    return HttpResponse("Something broke in our kitchen. Please try again in a minute.\n", status=500, content_type="text/plain")
