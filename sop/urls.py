"""Addresses of the SOP floor."""

from django.urls import path

from .views import public

urlpatterns = [
    path("sop/", public.sop_list, name="sop_list"),
    path("sop/<slug:slug>/", public.sop_detail, name="sop_detail"),
    path("sop/<slug:slug>/pdf/", public.sop_pdf, name="sop_pdf"),
]
