"""Addresses of the bare project."""

from django.urls import path

from . import views

urlpatterns = [
    path("submit/", views.submit),
    path("page/<int:pk>/", views.page),
    path("thing/<str:token>/", views.thing),
]
