"""The start of the editor: the list of a draft's pages and fields, and all acts on it that need no further page."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from services.models import Field, FormPage, FormVersion, Service
from ula_portal.core.journal.actors import staff
from ula_portal.core.text.cleaning import row_id
from ula_portal.core.verbs.errors import Refused

from ..actions import draft as drafts
from ..actions import pages as page_verbs
from ..actions.fields import add_field, move_field
from ..actions.removal import restore_field
from ..forms.adding import NewFieldForm, PageForm, type_choices
from ..queries.editing import Place, draft_of, services_to_copy, versions_of
from .page import Listed, draft_page, editor_page, render_page, tell, to_editor, to_field


@require_http_methods(["GET", "HEAD", "POST"])
@editor_page
def form_editor(request: HttpRequest, service: Service) -> HttpResponse:
    """The list with no field open; without a draft, the form in use and how to begin. A POST does what ``do`` says."""
    version = draft_of(service)
    if request.method != "POST":
        return start_page(request, service) if version is None else list_page(request, version)
    do = request.POST.get("do", "")
    try:
        if do == "start":
            drafts.start_draft(service, by=staff(request.user))
        elif do == "copy":
            _copy(request, service)
        elif version is None:
            return render_page(request, service, "closed.html", {}, status=409)
        else:
            return _act(request, version, do)
    except Refused as refused:
        tell(request, refused)
    return to_editor(service)


def _act(request: HttpRequest, version: FormVersion, do: str) -> HttpResponse:
    act = _ACTS.get(do)
    if act is None:
        raise Http404
    return act(request, version)


def start_page(request: HttpRequest, service: Service) -> HttpResponse:
    versions = versions_of(service)
    current = next((each for each in versions if each.is_current), None)
    listed = Listed(current) if current else None
    context = {"listed": listed, "current": current, "versions": versions, "sources": services_to_copy(service)}
    return render_page(request, service, "start.html", context)


def list_page(request: HttpRequest, version: FormVersion, status: int = 200, **more: object) -> HttpResponse:
    """The list of a draft. ``new``: the bound form of a field to add, with its ``page_id``; ``new_page``: of a page."""
    listed, just = Listed(version), request.GET.get("dihapus")
    context = {
        "version": version,
        "listed": listed,
        "new": NewFieldForm(),
        "new_types": type_choices(),
        "removed": list(reversed(version.removed)),
        "just_removed": next((each for each in version.removed if str(each["number"]) == just), None),
        "sources": services_to_copy(version.service),
    }
    return render_page(request, version.service, "editor.html", context | more, status=status)


def _copy(request: HttpRequest, service: Service) -> None:
    source = services_to_copy(service).filter(pk=row_id(request.POST.get("source"))).first()
    if source is None:
        raise Refused(_("Pilih layanan yang formulirnya disalin."))
    version = drafts.start_draft(service, by=staff(request.user))
    drafts.copy_form(version, by=staff(request.user), source=source)
    messages.success(request, _("Formulir “%(name)s” disalin beserta syaratnya.") % {"name": source.name})


def _discard(request: HttpRequest, version: FormVersion) -> HttpResponse:
    drafts.discard_draft(version, by=staff(request.user))
    messages.success(request, _("Draf dibuang. Formulir yang dipakai tidak berubah."))
    return to_editor(version.service)


def _add_page(request: HttpRequest, version: FormVersion) -> HttpResponse:
    form = PageForm(request.POST)
    if not form.is_valid():
        return list_page(request, version, status=422, new_page=form)
    title, key = form.cleaned_data["title"], request.POST.get("key", "")[:64]
    page = page_verbs.add_page(version, by=staff(request.user), title=title, key=key)
    return to_editor(version.service, f"#halaman-{page.pk}")


def _add_field(request: HttpRequest, version: FormVersion) -> HttpResponse:
    page = version.pages.filter(pk=row_id(request.POST.get("page"))).first()
    if page is None:
        raise Refused(_("Halaman ini sudah dihapus. Pilih halaman lain."))
    form, key = NewFieldForm(request.POST), request.POST.get("key", "")[:64]
    if not form.is_valid():
        return list_page(request, version, status=422, new=form, new_on=page.pk)
    field = add_field(page, by=staff(request.user), key=key, **form.cleaned_data)
    return to_field(version, Place(field), "isi")


def _restore(request: HttpRequest, version: FormVersion) -> HttpResponse:
    field = restore_field(version, by=staff(request.user), number=row_id(request.POST.get("number")))
    messages.success(request, _("“%(label)s” dikembalikan.") % {"label": field.label})
    return to_field(version, Place(field))


def _order(request: HttpRequest, version: FormVersion) -> HttpResponse:
    """A field was dragged to a page, before the field ``before`` or to the page's end."""
    field = version.fields.filter(pk=row_id(request.POST.get("field"))).first()
    page = version.pages.filter(pk=row_id(request.POST.get("page"))).first()
    if field is None or page is None:
        raise Refused(_("Isian atau halaman ini sudah dihapus. Muat ulang halaman."))
    others = [pk for pk in _on_page(page) if pk != field.pk]
    before = row_id(request.POST.get("before"))
    place = others.index(before) if before in others else len(others)
    move_field(field, by=staff(request.user), page=page, to=place + 1)
    return to_editor(version.service, f"#isian-{field.pk}")


def _on_page(page: FormPage) -> list[int]:
    return list(Field.objects.filter(page=page).order_by("order").values_list("pk", flat=True))


_ACTS: dict[str, Callable[[HttpRequest, FormVersion], HttpResponse]] = {
    "discard": _discard,
    "add_page": _add_page,
    "add_field": _add_field,
    "restore": _restore,
    "order": _order,
}


@draft_page
@require_POST
def form_page(request: HttpRequest, version: FormVersion, pk: int) -> HttpResponse:
    """Save the title of a page, move it, or remove it, as ``do`` says."""
    page = version.pages.filter(pk=pk).select_related("version__service").first()
    do, anchor = request.POST.get("do", ""), f"#halaman-{pk}"
    try:
        if page is None:
            raise Refused(_("Halaman ini sudah dihapus. Muat ulang formulir."))
        if do in ("up", "down"):
            page_verbs.move_page(page, by=staff(request.user), to=page.order + (1 if do == "down" else -1))
        elif do == "remove":
            heir = page_verbs.remove_page(page, by=staff(request.user))
            anchor = f"#halaman-{heir.pk}"
            words = {"title": page.title, "heir": heir.title}
            messages.success(request, _("Halaman “%(title)s” dihapus. Isiannya pindah ke “%(heir)s”.") % words)
        else:
            page_verbs.save_page(page, by=staff(request.user), title=request.POST.get("title", ""))
            messages.success(request, _("Judul halaman disimpan."))
    except Refused as refused:
        tell(request, refused)
    return to_editor(version.service, anchor)
