"""The icon that browsers ask for at the root of the site."""
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control

_ICON = (Path(__file__).parent / "static" / "oc_pizza.ico").read_bytes()


@cache_control(public=True, max_age=24 * 3600)
def oc_pizza(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(_ICON, content_type="image/x-icon")
