"""URLs of the whole portal."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("services.urls")),
    path("", include("sop.urls")),
    path("", include("visitors.urls")),
    path("", include("ula_portal.reports.urls")),
    path("", include("ula_portal.home.urls")),
    path("", include("ula_portal.first_visit.urls")),
    path("", include("ula_portal.opening.urls")),
    path("", include("ula_portal.core.urls")),
    path("admin/", admin.site.urls),
]

handler500 = "ula_portal.core.web.views.trouble"
