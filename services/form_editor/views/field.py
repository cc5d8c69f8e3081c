"""The page of a draft with one field open, or one column of a group: its settings, saved while they are typed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from services.models import FormVersion
from ula_portal.core.journal.actors import staff
from ula_portal.core.verbs.errors import Refused
from ula_portal.core.web.field_saving import saving

from ..actions import fields as verbs
from ..actions.removal import remove_field
from ..forms.adding import NewFieldForm, type_choices
from ..forms.field import FieldForm
from ..queries.editing import Form, Place, draft_of
from .page import Listed, draft_page, render_page, tell, to_editor, to_field


@require_http_methods(["GET", "HEAD", "POST"])
@draft_page
def form_field(request: HttpRequest, version: FormVersion, pk: int, column: str = "") -> HttpResponse:
    """One field open. A POST saves it and then does what ``do`` says."""
    listed = Listed(version, pk, column)
    if listed.open is None:
        if request.method == "POST" and request.htmx:
            return _fragments(request, listed, None, 409)
        return render_page(request, version.service, "gone.html", {"version": version}, 410)
    place = listed.open
    if request.method != "POST":
        attempt = saving.opened(FieldForm(listed.form, place, values=place.values()), place.values())
        return _page(request, listed, attempt)
    seen = _others_since(request, version)
    attempt = _save(request, listed)
    version = draft_of(version.service) or version
    listed = Listed(version, pk, column)
    if request.htmx:
        return _fragments(request, listed, attempt, attempt.status, note=seen)
    do = request.POST.get("do", "save")
    if do == "remove":
        return _remove(request, version, place)
    if not attempt.settled or listed.open is None:
        return _page(request, listed, attempt, attempt.status)
    return _go_on(request, listed, do)


def _save(request: HttpRequest, listed: Listed) -> saving.Attempt:
    place = listed.open
    attempt = saving.save(
        request.POST,
        lambda data: FieldForm(listed.form, place, data),
        lambda fields, was: verbs.save_field(place, by=staff(request.user), fields=fields, was=was),
        lambda: _stored(listed.version, place),
    )
    if attempt.error and not attempt.error.field:
        attempt.form.add_error(None, str(attempt.error))
    return attempt


def _stored(version: FormVersion, place: Place) -> dict:
    """The values of a field or column, read again."""
    found = Form(version).place(place.field.pk, place.column.name if place.column else "")
    return (found or place).values()


def _others_since(request: HttpRequest, version: FormVersion) -> bool:
    """Whether somebody else changed the draft since the posting page was loaded."""
    seen = request.POST.get("revision", "")
    return seen.isdecimal() and version.revision > int(seen) and version.edited_by_id not in (None, request.user.pk)


def _go_on(request: HttpRequest, listed: Listed, do: str) -> HttpResponse:
    """After saving: move, copy, change the type, add a column, or open the next field."""
    place, version, by = listed.open, listed.version, staff(request.user)
    key = request.POST.get("key", "")[:64]
    try:
        if do in ("up", "down"):
            _move(listed, by, 1 if do == "down" else -1)
            return to_field(version, place, do)
        if do == "copy" and place.column is None:
            made = verbs.copy_field(place.field, by=by, key=key)
            messages.success(request, _("Isian disalin beserta pengaturan dan syaratnya."))
            return to_field(version, Place(made), "isi")
        if do == "type":
            verbs.change_type(place, by=by, type=request.POST.get("type", ""))
            return to_field(version, place)
        if do == "column":
            new = NewFieldForm(request.POST, prefix="column", columns=True)
            if not new.is_valid():
                return _page(request, listed, saving.opened(_form(listed), place.values()), 422, new_column=new)
            return to_field(version, verbs.add_column(place.field, by=by, **new.cleaned_data), "isi")
    except Refused as refused:
        tell(request, refused)
        return to_field(version, place)
    if do == "next" and (following := _following(listed)):
        return to_field(version, following, "isi")
    if do == "next":
        return to_editor(version.service, f"#isian-{place.field.pk}")
    messages.success(request, _("Isian disimpan."))
    return to_field(version, place)


def _move(listed: Listed, by, step: int) -> None:
    """Move a field one place, at a page's end to the next page; a column within its group."""
    place = listed.open
    if place.column:
        at = [column.name for column in place.columns].index(place.column.name)
        verbs.move_column(place, by=by, to=at + 1 + step)
        return
    pages = listed.form.by_page
    number, (page, fields) = next((n, each) for n, each in enumerate(pages) if each[0].pk == place.field.page_id)
    to = [field.pk for field in fields].index(place.field.pk) + step
    if not 0 <= to < len(fields) and 0 <= number + step < len(pages):
        page, others = pages[number + step]
        to = 0 if step > 0 else len(others)
    verbs.move_field(place.field, by=by, page=page, to=to + 1)


def _following(listed: Listed) -> Place | None:
    """The field after the open one; for a column, the next column or the field after the group."""
    place = listed.open
    if place.column:
        names = [column.name for column in place.columns]
        if rest := names[names.index(place.column.name) + 1 :]:
            return listed.form.place(place.field.pk, rest[0])
    after = [field for field in listed.form.fields if field.order > place.field.order]
    return Place(after[0]) if after else None


def _remove(request: HttpRequest, version: FormVersion, place: Place) -> HttpResponse:
    try:
        number = remove_field(place, by=staff(request.user))
    except Refused as refused:
        tell(request, refused)
        return to_field(version, place)
    if place.column:
        return to_field(version, Place(place.field))
    return to_editor(version.service, f"?dihapus={number}#dihapus")


def _form(listed: Listed) -> FieldForm:
    return FieldForm(listed.form, listed.open, values=listed.open.values())


def _context(listed: Listed, attempt: saving.Attempt | None) -> dict:
    return {"version": listed.version, "listed": listed, "attempt": attempt, "form_id": "isian"}


def _page(request: HttpRequest, listed: Listed, attempt: saving.Attempt, status: int = 200, **more) -> HttpResponse:
    focus = request.GET.get("fokus", "")
    if focus == "isi":
        attempt.form.focus("label")
    context = _context(listed, attempt) | {
        "focus": focus,
        "new_types": type_choices(),
        "types": type_choices(columns=listed.open.column is not None),
        "new_column": NewFieldForm(prefix="column", columns=True),
    }
    return render_page(request, listed.version.service, "editor.html", context | more, status)


def _fragments(request: HttpRequest, listed: Listed, attempt, status: int, note: bool = False) -> HttpResponse:
    """The answer to an autosave: fragments for htmx to replace, but never the form the user is typing in."""
    stale = request.POST.get("order", listed.order) != listed.order
    context = _context(listed, attempt) | {"note": note, "stale": stale, "service": listed.version.service}
    response = render(request, "services/form_editor/_saved.html", context, status=status)
    # By this header, the page's script can tell the response from a log-in page.
    response["X-Saved"] = "1"
    return response
