"""Verbs that remove a field, or a column of a group, from a draft, and bring it back."""

from django.utils.translation import gettext as _

from services.models import Field, FormVersion
from ula_portal.core import clock
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.errors import Outdated, Refused
from ula_portal.core.verbs.transactions import verb

from ..queries.editing import Place, snapshot_of
from ..rules import APPLICANT, MAX_REMOVED
from .draft import touch
from .fields import find_place, insert, open_form, write


@verb
def remove_field(place: Place, *, by: Actor) -> int:
    """Remove a field or a column. Returns the number by which ``restore_field`` brings it back.

    Conditions that ask about it stay, so that they hold again once it is back.
    Allowed: administrators; section heads in their unit.
    Effects: a change of the draft, see ``touch``. The last 30 removed parts can be restored.
    Raises: NotAllowed; Outdated; Refused for the applicant's name.
    """
    version, form = open_form(place.field.version, by=by)
    place = find_place(form, place)
    number = 1 + max((each["number"] for each in version.removed), default=0)
    entry = {"number": number, "at": clock.now().isoformat(), "label": place.definition.label}
    if place.column:
        columns = place.field.rules["columns"]
        own = next(n for n, each in enumerate(columns) if each["name"] == place.column.name)
        entry |= {"column": columns[own], "of": place.field.name, "place": own}
        write(Place(place.field), {"rules": place.field.rules | {"columns": columns[:own] + columns[own + 1 :]}})
    else:
        if place.field.name == APPLICANT:
            raise Refused(_("Nama pemohon selalu ditanyakan, sehingga tidak dapat dihapus."))
        siblings = [each.pk for each in form.fields if each.page_id == place.field.page_id]
        entry |= {"content": snapshot_of(place.field), "page": place.field.page_id}
        entry["place"] = siblings.index(place.field.pk)
        place.field.delete()
    version.removed = [*version.removed, entry][-MAX_REMOVED:]
    touch(version, "form_field_removed", by=by, removed=number)
    return number


@verb
def restore_field(version: FormVersion, *, by: Actor, number: int) -> Field:
    """Bring back a removed field, or a column with its group's field, where it stood; returns the field.

    Allowed: administrators; section heads in their unit.
    Effects: a change of the draft, see ``touch``.
    Raises: NotAllowed; Outdated if it is back already or its group is gone; Refused beyond 200 fields.
    """
    version, form = open_form(version, by=by)
    entry = next((each for each in version.removed if each["number"] == number), None)
    if entry is None:
        raise Outdated(_("Isian ini sudah dikembalikan. Muat ulang halaman."))
    if "column" in entry:
        field = next((each for each in form.fields if each.name == entry["of"] and each.type == "group"), None)
        if field is None:
            raise Outdated(_("Kelompok kolom ini sudah tidak ada. Kembalikan kelompoknya lebih dahulu."))
        columns = [each for each in field.rules.get("columns", []) if each["name"] != entry["column"]["name"]]
        columns.insert(entry["place"], entry["column"])
        write(Place(field), {"rules": field.rules | {"columns": columns}})
    else:
        page = next((page for page in form.pages if page.pk == entry["page"]), form.pages[-1])
        field = insert(form, page, entry["content"], entry["place"])
    version.removed = [each for each in version.removed if each["number"] != number]
    touch(version, "form_field_restored", by=by, field=field.pk)
    return field
