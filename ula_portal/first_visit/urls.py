"""URL of the first visit."""

from django.urls import path

from . import views

urlpatterns = [path("mulai/<str:token>/", views.first_visit, name="first_visit")]
