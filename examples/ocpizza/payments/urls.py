from django.urls import path

from . import views

urlpatterns = [
    path("track/<uuid:order_id>/pay/", views.pay, name="pay"),
    path("payment/notice", views.notice),
]
