"""URLs of the start page of staff."""

from django.urls import path

from . import views

urlpatterns = [path("petugas/", views.staff_home, name="staff_home")]
