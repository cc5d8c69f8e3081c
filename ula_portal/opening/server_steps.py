"""The step about the server, which is mended in its settings and not in the portal."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ula_portal.core.data import outage
from ula_portal.core.notices import mail

from .rules import Found, Gap, Step

# Hosts that only the server itself reaches.
_OWN = ("127.0.0.1", "localhost", "::1")


def _gaps(found: Found) -> Iterator[Gap]:
    if urlsplit(settings.PORTAL_URL).hostname in _OWN:
        yield Gap(_("Alamat portal hanya dikenal server ini. Isi PORTAL_URL pada pengaturan server."))
    if not outage.worker_is_connected():
        yield Gap(_("Pekerja latar belum berjalan. Jalankan “manage.py worker” pada server."))
    if not mail.is_sent():
        yield Gap(_("Portal tidak mengirim surel. Isi EMAIL_URL pada pengaturan server."), advised=True)
    elif not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        yield Gap(_("Surel hanya disimpan di server. Isi EMAIL_URL pada pengaturan server."), advised=True)


SERVER = Step("server", gettext_lazy("Server"), "", _gaps, lambda found: settings.PORTAL_URL.split("://")[-1])
