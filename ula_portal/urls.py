"""Addresses of the whole portal."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("ula_portal.core.urls")),
    path("admin/", admin.site.urls),
]
