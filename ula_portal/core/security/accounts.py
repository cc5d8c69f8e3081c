"""Configuration of django-allauth: staff accounts only, created by an administrator, without sign-up."""

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
from ula_portal.core.text.words import duration_text

from .client_address import source_of


class ResetTokens(PasswordResetTokenGenerator):
    """Tokens of links for a new password. They expire with a new password, a new address and the next log-in.

    django-allauth's own generator copies each account's address into a second table, where an old address would still
    open the account. Here the only address is the one in the account's row; the database refuses any other.
    """


class PortalAccountAdapter(DefaultAccountAdapter):
    # The package's own Indonesian says "anda" and "e-mail".
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("Surel atau kata sandi tidak cocok."),
        "too_many_login_attempts": format_lazy(
            _("Terlalu banyak percobaan. Silakan coba lagi setelah {time}."),
            time=duration_text(datetime.timedelta(minutes=settings.LOGIN_WAIT_MINUTES)),
        ),
        "account_inactive": _("Akun ini sedang dinonaktifkan. Hubungi administrator."),
        "incorrect_code": _("Kode tidak cocok."),
        "incorrect_password": _("Kata sandi tidak cocok."),
        "enter_current_password": _("Tulis kata sandi Anda yang sekarang."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The client's address as throttles count it: for IPv6 the /64, since one subscriber has a whole one."""
        known: str = source_of(request) or super().get_client_ip(request)
        return known

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Build the link with the portal's own address, since the request's Host header can be forged."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.PORTAL_URL + path.replace("UID-KEY", quote(key))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("staff_home")

    def set_password(self, user: User, password: str) -> None:
        """Set a new password, and lift a lock-out that wrong passwords caused."""
        super().set_password(user, password)
        self._delete_login_attempts_cached_email(self.request, email=user.email)
