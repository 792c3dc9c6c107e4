"""Every address of the site, in one place."""
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from city.config import all_cities
from city.views import restaurant_page
from shop import health, icon

urlpatterns = [
    path("", include("shop.urls")),
    path("", include("payments.urls")),
    path("", include("people.urls")),
    path("", include("api.urls")),
    *(path(f"{city.slug}/", restaurant_page, {"city": city}, name=city.name) for city in all_cities()),
    path("admin/", admin.site.urls),
    path("healthz", health.ready),
    path("livez", health.live),
    path("oc_pizza.ico", icon.oc_pizza),
]
if settings.ENABLE_BENCH:
    urlpatterns.append(path("slow", health.slow))

handler404 = "shop.views.not_found"
handler500 = "shop.views.server_error"
