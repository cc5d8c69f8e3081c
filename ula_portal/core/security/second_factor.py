"""The second factor of staff accounts: required ``MFA_GRACE_DAYS`` after the account was created."""

import datetime

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings

from ula_portal.core import clock
from ula_portal.core.models import User
from ula_portal.core.permissions import AnyUser


def owed_from(user: User) -> datetime.date:
    """The day from which staff pages require a second factor."""
    return clock.local(user.date_joined).date() + datetime.timedelta(days=settings.MFA_GRACE_DAYS)


def is_overdue(user: AnyUser) -> bool:
    """Whether the user must set up a second factor before continuing. No query during the grace period."""
    return user.is_authenticated and clock.today() >= owed_from(user) and not is_mfa_enabled(user)


def reminder(user: User) -> datetime.date | None:
    """The deadline to show on the start page; None if the user has a second factor."""
    return None if is_mfa_enabled(user) else owed_from(user)
