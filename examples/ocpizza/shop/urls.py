from django.urls import path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("basket/", views.basket, name="basket"),
    path("basket/add/", views.add, name="add"),
    path("basket/change/", views.change, name="change"),
    path("order/", views.order, name="order"),
    path("track/<uuid:order_id>/", views.track, name="track"),
]
