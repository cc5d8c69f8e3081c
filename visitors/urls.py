"""Addresses of the visitors floor."""

from django.urls import path

from .views import display

urlpatterns = [
    path("layar/<slug:location>/", display.display, name="display"),
    path("layar/<slug:location>/data/", display.display_data, name="display_data"),
]
