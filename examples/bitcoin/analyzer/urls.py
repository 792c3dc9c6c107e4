"""Every address of the front end; /api/ is the API's (api/main.py)."""
from django.urls import path

from prices import health, views

urlpatterns = [
    path("", views.chart_page, name="chart"),
    path("healthz", health.ready),
    path("livez", health.live),
]

handler404 = "prices.views.not_found"
handler500 = "prices.views.server_error"
