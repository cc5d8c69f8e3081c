"""Models of the core app, one module per subject."""

from .calendar import CalendarDay, HoursRule
from .files import StoredFile
from .invitations import Invitation
from .journal import JournalEntry, JournalHead, JournalSeal
from .office import Location, Office, Position, Secretariat, SetupAddress, Unit
from .outbox import Notice
from .people import Absence, EmailChange, Role, StaffRole, Tenure, User
from .records import IdempotencyKey, KeptInput, NumberSequence, ThrottleCount

__all__ = [
    "Absence",
    "CalendarDay",
    "EmailChange",
    "HoursRule",
    "IdempotencyKey",
    "Invitation",
    "JournalEntry",
    "JournalHead",
    "JournalSeal",
    "KeptInput",
    "Location",
    "Notice",
    "NumberSequence",
    "Office",
    "Position",
    "Role",
    "Secretariat",
    "SetupAddress",
    "StaffRole",
    "StoredFile",
    "Tenure",
    "ThrottleCount",
    "Unit",
    "User",
]
