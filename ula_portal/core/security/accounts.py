"""How django-allauth behaves here: staff accounts only, made by an administrator, nobody signs up."""

import datetime
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ula_portal.core.models import User
from ula_portal.core.text.words import lasting

from .client_address import source_of


class ResetTokens(PasswordResetTokenGenerator):
    """Links to a new password: they end with password, address and next log-in.

    django-allauth's own would write each account's address into a second table, where it stays a key to the account
    after the address was changed. An account has the one address of its row; the database refuses any other.
    """


class PortalAccountAdapter(DefaultAccountAdapter):
    # The package's own Indonesian says "anda" and "e-mail".
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("Surel atau kata sandi tidak cocok."),
        "too_many_login_attempts": format_lazy(
            _("Terlalu banyak percobaan. Silakan coba lagi setelah {time}."),
            time=lasting(datetime.timedelta(minutes=settings.LOGIN_WAIT_MINUTES)),
        ),
        "account_inactive": _("Akun ini sedang dinonaktifkan. Hubungi administrator."),
        "incorrect_code": _("Kode tidak cocok."),
        "incorrect_password": _("Kata sandi tidak cocok."),
        "enter_current_password": _("Tuliskan kata sandi Anda yang sekarang."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """As throttles count it: who has a /64 of IPv6 has no end of addresses."""
        known: str = source_of(request) or super().get_client_ip(request)
        return known

    def get_reset_password_from_key_url(self, key: str) -> str:
        """By the portal's own address: the request's host is whatever its sender wrote."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.PORTAL_URL + path.replace("UID-KEY", quote(key))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("staff_home")

    def set_password(self, user: User, password: str) -> None:
        """A new password also lets in who was shut out for wrong ones."""
        super().set_password(user, password)
        self._delete_login_attempts_cached_email(self.request, email=user.email)
