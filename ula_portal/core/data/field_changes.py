"""Which fields of a form are to be written, while others may be changing the same row."""

import datetime
from collections.abc import Callable
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ula_portal.core import clock
from ula_portal.core.models import User

from ..verbs.errors import Outdated, Refused

# Form values by field name.
Values = dict[str, Any]
# Converts a form value to its stored type, by the field's name. Raises Refused with that field.
Reader = Callable[[str, Any], Any]
# Who edited last, and when; None for each that is not known.
LastEdit = tuple[User | None, datetime.datetime | None]


class EditedMeanwhile(Outdated):
    """Somebody else changed a field after the form was opened.

    ``fields``: the stored values by name. ``by``: the user who edited last, or None. ``at``: when they did, or None.
    """

    def __init__(self, fields: Values, by: User | None, at: datetime.datetime | None) -> None:
        self.fields, self.by, self.at = fields, by, at
        sentence = _(
            "Isian ini sudah diubah oleh %(name)s pada %(at)s. Tulisan Anda belum disimpan dan tidak hilang: "
            "bandingkan keduanya, lalu simpan lagi yang benar."
        )
        shown = date_format(clock.local(at), "j F Y, H.i") if at else "–"
        super().__init__(sentence % {"name": by.full_name if by else _("orang lain"), "at": shown})


def changed_fields(
    stored: Values, fields: Values, was: Values, read: Reader, last_edit: Callable[[Values], LastEdit]
) -> Values:
    """The values to write, by field: those of ``fields`` that the user changed since the form was opened.

    ``stored``: the current values. ``was``: the values when the form was opened; a field that is missing there counts
    as opened just now. ``read(name, value)``: converts a form value to its stored type or raises Refused.
    ``last_edit(conflicts)``: who changed the fields in conflict last; asked only if there are any.
    Raises: EditedMeanwhile if somebody else changed one of the fields to another value; ValueError for an unknown
    field.
    """
    unknown = sorted(set(fields) - set(stored))
    if unknown:
        raise ValueError(f"unknown fields: {', '.join(unknown)}")
    wanted: Values = {}
    conflicts: Values = {}
    for name, posted in fields.items():
        if name in was and _alike(posted, opened=was[name]):
            continue
        value = read(name, posted)
        opened = _as_opened(read, name, was[name]) if name in was else stored[name]
        if value in (opened, stored[name]):
            continue
        if opened != stored[name] and not _alike(was[name], opened=stored[name]):
            conflicts[name] = stored[name]
        wanted[name] = value
    if conflicts:
        raise EditedMeanwhile(conflicts, *last_edit(conflicts))
    return wanted


def _alike(posted: Any, opened: Any) -> bool:
    """Whether two form values are equal, regardless of whether numbers are given as text."""
    if isinstance(posted, list | tuple) and isinstance(opened, list | tuple):
        return len(posted) == len(opened) and all(map(_alike, posted, opened))
    return str("" if posted is None else posted) == str("" if opened is None else opened)


def _as_opened(read: Reader, name: str, value: Any) -> Any:
    try:
        return read(name, value)
    except Refused:
        # A value that cannot be stored differs from every stored one.
        return object()
