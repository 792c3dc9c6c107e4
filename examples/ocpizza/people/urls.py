from django.urls import path

from . import views

urlpatterns = [
    path("signin/", views.sign_in, name="signin"),
    path("signin/<slug:name>/", views.leave_for, name="leave-for"),
    path("signin/<slug:name>/back/", views.come_back, name="come-back"),
    path("signout/", views.sign_out, name="signout"),
    path("me/", views.me, name="me"),
]
