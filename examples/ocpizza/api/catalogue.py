"""GET /restaurants, GET /products, GET /products/{id}."""
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from shop.models import Product, Restaurant

from .service import not_found, row_id


def restaurants(_request: HttpRequest) -> HttpResponse:
    return JsonResponse({"restaurants": list(
        Restaurant.objects.values("id", "slug", "name", "city", "address", "phone", "hours")
    )})


def products(_request: HttpRequest) -> HttpResponse:
    return JsonResponse({"products": [_json(p) for p in Product.objects.all()]})


def product(_request: HttpRequest, product_id: str) -> HttpResponse:
    found = Product.objects.filter(id=row_id(product_id, "product")).first()
    if found is None:
        raise not_found("product")
    return JsonResponse(_json(found))


def _json(product: Product) -> dict[str, Any]:
    return {
        "id": product.pk,
        "name": product.name,
        "kind": product.kind,
        "description": product.description,
        "priceCents": product.price_cents,
        "image": product.image_url,
        "available": product.available,
    }
