"""URLs of the form editor, below ``/petugas/layanan/<code>/formulir/``."""

from django.urls import path

from .views import field, form, preview, publishing, ways

_at = "petugas/layanan/<str:code>/formulir"
urlpatterns = [
    path(f"{_at}/", form.form_editor, name="form_editor"),
    path(f"{_at}/halaman/<int:pk>/", form.form_page, name="form_page"),
    path(f"{_at}/isian/<int:pk>/", field.form_field, name="form_field"),
    path(f"{_at}/isian/<int:pk>/kolom/<slug:column>/", field.form_field, name="form_column"),
    path(f"{_at}/pratinjau/", preview.form_preview, name="form_preview"),
    path(f"{_at}/pratinjau/isi/", preview.form_preview_page, name="form_preview_page"),
    path(f"{_at}/jalan/", ways.form_ways, name="form_ways"),
    path(f"{_at}/terbitkan/", publishing.form_publish, name="form_publish"),
    path(f"{_at}/versi/<int:ordinal>/", publishing.form_reuse, name="form_reuse"),
]
