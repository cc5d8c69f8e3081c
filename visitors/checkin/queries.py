"""Sheets of numbers that were printed in advance."""

import datetime

from ula_portal.core import clock
from ula_portal.core.models import Location, User
from visitors import permissions
from visitors.models import PaperSheet, Ticket

# Days after which the visitors of a sheet can no longer be entered.
DAYS_TO_ENTER = 7


def sheet_for_desk(user: User, pk: int) -> PaperSheet | None:
    """A sheet with its location, for users who may check visitors in."""
    if not permissions.may_check_in(user):
        return None
    return PaperSheet.objects.filter(pk=pk).select_related("location").first()


def paper_sheets(user: User, location: Location) -> list[tuple[PaperSheet, int]]:
    """Sheets of the last days, newest first, each with how many of its numbers were entered; at most 60."""
    if not permissions.may_check_in(user):
        return []
    since = clock.today() - datetime.timedelta(days=DAYS_TO_ENTER)
    sheets = list(PaperSheet.objects.filter(location=location, day__gte=since).order_by("-day", "letter", "first")[:60])
    used = Ticket.objects.filter(
        location=location, day__in={sheet.day for sheet in sheets}, letter__in={sheet.letter for sheet in sheets}
    )
    numbers = set(used.values_list("day", "letter", "number")) if sheets else set()
    return [(sheet, sum((sheet.day, sheet.letter, n) in numbers for n in sheet.numbers)) for sheet in sheets]


def numbers_entered(sheet: PaperSheet) -> list[int]:
    """Numbers of a sheet whose visitors were entered already. One query."""
    used = Ticket.objects.filter(
        location_id=sheet.location_id, day=sheet.day, letter=sheet.letter, number__range=(sheet.first, sheet.last)
    )
    return sorted(used.values_list("number", flat=True))
