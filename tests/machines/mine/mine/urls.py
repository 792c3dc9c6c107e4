from django.conf import settings
from django.contrib import admin
from django.urls import path
from django.views.static import serve

from board import views

urlpatterns = [
    path("", views.home),
    path("pictures", views.upload),
    path("admin/", admin.site.urls),
    path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}),
]
