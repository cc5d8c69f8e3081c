"""Verbs that add, save, move and copy the fields of a form's draft, and the columns of its groups."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from services.fields.base import TYPES
from services.fields.columns import columns_of
from services.models import Field, FormPage, FormVersion
from ula_portal.core.data.field_changes import Values, changed_fields
from ula_portal.core.data.idempotency import claim
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.errors import Outdated, Refused
from ula_portal.core.verbs.transactions import part, verb

from ..queries.editing import Form, Place, settings_of, snapshot_of
from ..rules import APPLICANT, MAX_COLUMNS, MAX_FIELDS, name_for
from .draft import last_edit, open_draft, renumber, touch
from .reading import read_value


@verb
def add_field(page: FormPage, *, by: Actor, label: str, type: str, key: str = "") -> Field:
    """Add a field at the end of a page; its name is made of the label. The same ``key`` returns the same field.

    Allowed: administrators; section heads in their unit.
    Effects: a change of the draft, see ``touch``.
    Raises: NotAllowed; Outdated; Refused with ``field``, or beyond 200 fields.
    """
    version, form = open_form(page.version, by=by)
    claimed = claim(by.key, key)
    if earlier := claimed.earlier(version.fields):
        return earlier
    page = _page_of(form, page.pk)
    content = {"label": read_value("label", label), "type": _type(type)}
    field = insert(form, page, content | {"name": name_for(content["label"], taken_names(form))})
    claimed.record("form_field", field.pk)
    touch(version, "form_field_added", by=by, field=field.pk)
    return field


@verb
def save_field(place: Place, *, by: Actor, fields: Values, was: Values) -> Place:
    """Write what the user changed of a field, or of a column of a group, since the form was opened.

    ``fields`` and ``was``: new values, and values when the form was opened, as in ``Place.values``. A draft may be
    incomplete: only values that cannot be stored are refused.
    Allowed: administrators; section heads in their unit.
    Effects: a change of the draft, see ``touch``; none if no value differs.
    Raises: EditedMeanwhile; NotAllowed; Outdated; Refused with ``field``.
    """
    version, form = open_form(place.field.version, by=by)
    place = find_place(form, place)
    about = {"field": place.field.pk} | ({"column": place.column.name} if place.column else {})
    values = place.values()
    # A setting that the type no longer has, because the type was changed meanwhile, is not written.
    fields = {name: value for name, value in fields.items() if name in values}
    wanted = changed_fields(values, fields, was, read_value, lambda _conflicts: last_edit(version, about))
    if wanted:
        _write(place, wanted)
        touch(version, "form_field_saved", by=by, **about)
    return place


def _write(place: Place, wanted: Values) -> None:
    settings = settings_of(place.definition)
    rules = {name: value for name, value in (place.definition.rules | wanted).items() if name not in _OWN}
    changed = {name: value for name, value in wanted.items() if name in _OWN}
    changed["rules"] = {name: value for name, value in rules.items() if value is not None or name not in settings}
    write(place, changed)


_OWN = ("label", "help", "required", "show_if")


@part
def write(place: Place, changed: dict[str, Any]) -> None:
    """Write attributes of a field, or of a column into its group."""
    field = place.field
    if place.column is None:
        for name, value in changed.items():
            setattr(field, name, value)
        field.save(update_fields=list(changed))
        return
    columns = [each | changed if each["name"] == place.column.name else each for each in field.rules.get("columns", [])]
    field.rules = field.rules | {"columns": columns}
    field.save(update_fields=["rules"])


@verb
def change_type(place: Place, *, by: Actor, type: str) -> Place:
    """Make a field, or a column of a group, one of another type. It keeps the settings that the new type also has.

    Allowed: administrators; section heads in their unit.
    Effects: a change of the draft, see ``touch``; none if it is of this type already.
    Raises: NotAllowed; Outdated; Refused for an unknown type, or for the applicant's name.
    """
    version, form = open_form(place.field.version, by=by)
    place = find_place(form, place)
    if place.definition.type == (wanted := _type(type, column=place.column is not None)):
        return place
    if place.field.name == APPLICANT and place.column is None:
        raise Refused(_("Nama pemohon selalu berupa teks singkat."))
    settings = TYPES[wanted].settings
    rules = {name: value for name, value in place.definition.rules.items() if name in settings}
    write(place, {"type": wanted, "rules": rules})
    touch(version, "form_field_saved", by=by, field=place.field.pk)
    return place


@verb
def move_field(field: Field, *, by: Actor, page: FormPage, to: int) -> Field:
    """Move a field to a page. ``to``: its place on the page, counted from 1; limited to the page's ends.

    Allowed: administrators; section heads in their unit.
    Effects: a change of the draft, see ``touch``; none if it stands there already.
    Raises: NotAllowed; Outdated.
    """
    version, form = open_form(field.version, by=by)
    field = find_place(form, Place(field)).field
    before = [(each.pk, each.page_id) for each in form.fields]
    arrange(form, field, _page_of(form, page.pk), int(to) - 1)
    if [(each.pk, each.page_id) for each in form.fields] != before:
        touch(version, "form_field_moved", by=by, field=field.pk)
    return field


@verb
def copy_field(field: Field, *, by: Actor, key: str = "") -> Field:
    """Copy a field with all its settings, columns and condition, right behind it. The same ``key`` copies once.

    Allowed: administrators; section heads in their unit.
    Effects: a change of the draft, see ``touch``.
    Raises: NotAllowed; Outdated; Refused beyond 200 fields.
    """
    version, form = open_form(field.version, by=by)
    claimed = claim(by.key, key)
    if earlier := claimed.earlier(version.fields):
        return earlier
    field = find_place(form, Place(field)).field
    label = _("%(label)s (salinan)") % {"label": field.label[:185]}
    content = snapshot_of(field) | {
        "label": label,
        "name": name_for(field.label, taken_names(form)),
        "is_common": False,
    }
    page = _page_of(form, field.page_id)
    siblings = [each.pk for each in form.fields if each.page_id == page.pk]
    made = insert(form, page, content, siblings.index(field.pk) + 1)
    claimed.record("form_field", made.pk)
    touch(version, "form_field_copied", by=by, field=made.pk)
    return made


@part
def open_form(version: FormVersion, *, by: Actor) -> tuple[FormVersion, Form]:
    """Lock a draft and read its pages and fields, see ``open_draft``."""
    version = open_draft(version, by=by)
    return version, Form(version)


def find_place(form: Form, place: Place) -> Place:
    """The field or column as it is now.

    Raises: Outdated if it is gone.
    """
    found = form.place(place.field.pk, place.column.name if place.column else "")
    if found is None:
        raise Outdated(_("Isian ini sudah dihapus dari draf. Pulihkan bila masih diperlukan."))
    return found


@part
def insert(form: Form, page: FormPage, content: dict[str, Any], place: int | None = None) -> Field:
    """Add a field to a page. ``place``: how many fields of the page stand before it; None: all.

    Raises: Refused if a form would get too many fields.
    """
    if len(form.fields) >= MAX_FIELDS:
        raise Refused(_("Satu formulir paling banyak memuat %(limit)s isian.") % {"limit": MAX_FIELDS})
    field = Field(version=form.version, page=page, order=len(form.fields) + 1, **content)
    field.save()
    arrange(form, field, page, place)
    return field


@part
def arrange(form: Form, field: Field, page: FormPage, place: int | None) -> None:
    """Put a field to a place of a page, see ``insert``, and number all fields anew."""
    if field.page_id != page.pk:
        field.page = page
        field.save(update_fields=["page"])
    form.fields = [each for each in form.fields if each.pk != field.pk]
    siblings = [each for each in form.fields if each.page_id == page.pk]
    siblings.insert(len(siblings) if place is None else max(place, 0), field)
    form.fields = [each for each in form.fields if each.page_id != page.pk] + siblings
    form.fields = [each for _page, fields in form.by_page for each in fields]
    renumber(Field, form.fields)


def taken_names(form: Form) -> Collection[str]:
    """The names that a new field cannot have: those of the form's fields, and of removed ones that may come back."""
    removed = {each["content"]["name"] for each in form.version.removed if "content" in each}
    return removed | {field.name for field in form.fields}


def _page_of(form: Form, page_id: int | None) -> FormPage:
    page = next((page for page in form.pages if page.pk == page_id), None)
    if page is None:
        raise Outdated(_("Halaman ini sudah dihapus. Muat ulang formulir."))
    return page


def _type(name: str, *, column: bool = False) -> str:
    kind = TYPES.get(name)
    if kind is None or (column and not kind.is_column):
        raise Refused(_("Pilih salah satu dari daftar."), field="type")
    return name


@verb
def add_column(field: Field, *, by: Actor, label: str, type: str) -> Place:
    """Add a column at the end of a group; its name is made of the label.

    Allowed: administrators; section heads in their unit.
    Effects: a change of the draft, see ``touch``.
    Raises: NotAllowed; Outdated; Refused with ``field``, for a field that is no group, or beyond 12 columns.
    """
    version, form = open_form(field.version, by=by)
    field = find_place(form, Place(field)).field
    columns = columns_of(field)
    if field.type != "group":
        raise Outdated(_("Isian ini bukan kelompok berulang lagi. Muat ulang halaman."))
    if len(columns) >= MAX_COLUMNS:
        raise Refused(_("Satu kelompok paling banyak memuat %(limit)s kolom.") % {"limit": MAX_COLUMNS})
    text = read_value("label", label)
    name = name_for(text, {column.name for column in columns})
    column = {"name": name, "label": text, "type": _type(type, column=True)}
    _save_columns(field, [*field.rules.get("columns", []), column])
    touch(version, "form_field_saved", by=by, field=field.pk, column=name)
    return find_place(form, Place(field, columns_of(field)[-1]))


@verb
def move_column(place: Place, *, by: Actor, to: int) -> Place:
    """Move a column within its group. ``to``: its place, counted from 1; limited to the group's ends.

    Allowed: administrators; section heads in their unit.
    Effects: a change of the draft, see ``touch``.
    Raises: NotAllowed; Outdated.
    """
    version, form = open_form(place.field.version, by=by)
    place = find_place(form, place)
    columns = place.field.rules["columns"]
    own = next(each for each in columns if place.column and each["name"] == place.column.name)
    others = [each for each in columns if each is not own]
    others.insert(max(int(to), 1) - 1, own)
    if others != columns:
        _save_columns(place.field, others)
        touch(version, "form_field_moved", by=by, field=place.field.pk, column=own["name"])
    return place


@part
def _save_columns(field: Field, columns: list[dict[str, Any]]) -> None:
    field.rules = field.rules | {"columns": columns}
    field.save(update_fields=["rules"])
