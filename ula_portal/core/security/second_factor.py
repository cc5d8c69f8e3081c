"""The second factor of staff accounts: owed after ``MFA_GRACE_DAYS`` from the day the account was made."""

import datetime

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings

from ula_portal.core import clock
from ula_portal.core.models import User
from ula_portal.core.permissions import AnyUser


def owed_from(user: User) -> datetime.date:
    """The day from which no staff page opens without a second factor."""
    return clock.local(user.date_joined).date() + datetime.timedelta(days=settings.MFA_GRACE_DAYS)


def is_overdue(user: AnyUser) -> bool:
    """Whether the person must set up a second factor before working on. No query while the grace lasts."""
    return user.is_authenticated and clock.today() >= owed_from(user) and not is_mfa_enabled(user)


def reminder(user: User) -> datetime.date | None:
    """The day to remind of on the start page; None where a second factor is in use."""
    return None if is_mfa_enabled(user) else owed_from(user)
