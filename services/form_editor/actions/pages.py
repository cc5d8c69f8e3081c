"""Verbs on the pages of a form's draft."""

from django.utils.translation import gettext as _

from services.models import FormPage, FormVersion
from ula_portal.core.data.idempotency import claim
from ula_portal.core.journal.actors import Actor
from ula_portal.core.text.cleaning import plain_line
from ula_portal.core.verbs.errors import Outdated, Refused
from ula_portal.core.verbs.transactions import part, verb

from ..queries.editing import Form
from ..rules import MAX_PAGES
from .draft import open_draft, renumber, renumber_fields, touch

TITLE_LIMIT = 100


@verb
def add_page(version: FormVersion, *, by: Actor, title: str, key: str = "") -> FormPage:
    """Add an empty page at the end of a form. The same ``key`` returns the same page.

    Allowed: administrators; section heads in their unit.
    Effects: a change of the draft, see ``touch``.
    Raises: NotAllowed; Outdated; Refused without a title, or beyond 30 pages.
    """
    version = open_draft(version, by=by)
    claimed = claim(by.key, key)
    if earlier := claimed.earlier(version.pages):
        return earlier
    count = version.pages.count()
    if count >= MAX_PAGES:
        raise Refused(_("Satu formulir paling banyak memuat %(limit)s halaman.") % {"limit": MAX_PAGES})
    page = FormPage.objects.create(version=version, order=count + 1, title=_title(title))
    claimed.record("form_page", page.pk)
    touch(version, "form_page_added", by=by, page=page.pk)
    return page


@verb
def save_page(page: FormPage, *, by: Actor, title: str) -> FormPage:
    """Give a page another title.

    Allowed: administrators; section heads in their unit.
    Effects: a change of the draft, see ``touch``; none if it has this title already.
    Raises: NotAllowed; Outdated; Refused without a title.
    """
    version, page = _open_page(page, by=by)
    if page.title != (wanted := _title(title)):
        page.title = wanted
        page.save(update_fields=["title"])
        touch(version, "form_page_saved", by=by, page=page.pk)
    return page


@verb
def move_page(page: FormPage, *, by: Actor, to: int) -> FormPage:
    """Move a page with its fields. ``to``: its new number, counted from 1; limited to the ends of the form.

    Allowed: administrators; section heads in their unit.
    Effects: a change of the draft, see ``touch``; none if the page has this number already.
    Raises: NotAllowed; Outdated.
    """
    version, page = _open_page(page, by=by)
    form = Form(version)
    order = [each for each in form.pages if each.pk != page.pk]
    order.insert(max(int(to), 1) - 1, page)
    if [each.pk for each in order] != [each.pk for each in form.pages]:
        renumber(FormPage, order)
        form.pages = order
        renumber_fields(form)
        touch(version, "form_page_moved", by=by, page=page.pk)
    return page


@verb
def remove_page(page: FormPage, *, by: Actor) -> FormPage:
    """Remove a page; its fields move to the page before it, or from the first to the second. Returns that page.

    Allowed: administrators; section heads in their unit.
    Effects: a change of the draft, see ``touch``.
    Raises: NotAllowed; Outdated; Refused for the only page.
    """
    version, page = _open_page(page, by=by)
    pages = list(version.pages.order_by("order"))
    if len(pages) == 1:
        raise Refused(_("Formulir memerlukan sedikitnya satu halaman."))
    place = [each.pk for each in pages].index(page.pk)
    heir = pages[place - 1] if place else pages[1]
    page.fields.update(page=heir)
    page_id = page.pk
    page.delete()
    form = Form(version)
    renumber(FormPage, form.pages)
    renumber_fields(form)
    touch(version, "form_page_removed", by=by, page=page_id)
    return heir


@part
def _open_page(page: FormPage, *, by: Actor) -> tuple[FormVersion, FormPage]:
    version = open_draft(page.version, by=by)
    found = version.pages.filter(pk=page.pk).first()
    if found is None:
        raise Outdated(_("Halaman ini sudah dihapus. Muat ulang formulir."))
    return version, found


def _title(text: str) -> str:
    title = plain_line(text)
    if not title:
        raise Refused(_("Tulis judul halaman."), field="title")
    if len(title) > TITLE_LIMIT:
        raise Refused(_("Judul halaman paling panjang %(limit)s huruf.") % {"limit": TITLE_LIMIT}, field="title")
    return title
