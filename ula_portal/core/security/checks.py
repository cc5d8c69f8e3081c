"""System checks that warn the operator at start-up about settings that do not fit together."""

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, register
from django.core.checks import Warning as Notice


@register()
def trusted_proxies(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """Warn if the web server in front is not listed: all clients would share one address and so one limit."""
    if not settings.PRODUCTION or not settings.SECURE_PROXY_SSL_HEADER or settings.TRUSTED_PROXIES:
        return []
    words = "TRUSTED_PROXIES belum diisi: semua pengunjung di belakang server web berbagi satu batas percobaan."
    return [Notice(words, hint="Isi alamat server web itu, misalnya TRUSTED_PROXIES=127.0.0.1.", id="core.W001")]
