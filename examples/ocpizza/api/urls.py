"""The web services, at the addresses the mobile apps know."""
from django.urls import path

from . import accounts, catalogue, login, orders
from .service import service

urlpatterns = [
    path("createAccount", service(POST=accounts.create)),
    path("account/<str:account_id>", service(PUT=accounts.change, DELETE=accounts.delete)),
    path("login", service(POST=login.login)),
    path("resetPassword", service(POST=login.reset_password)),
    path("restaurants", service(GET=catalogue.restaurants)),
    path("products", service(GET=catalogue.products)),
    path("products/<str:product_id>", service(GET=catalogue.product)),
    path("orders", service(POST=orders.create)),
    path("orders/<str:order_id>", service(GET=orders.read)),
    path("orders/<str:order_id>/<str:status>", service(PUT=orders.change_status)),
    path("payment", service(POST=orders.pay)),
]
