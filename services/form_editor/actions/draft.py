"""Parts that all editing verbs share, and the verbs that begin a draft, fill it from another form, and discard it.

Lock order in all verbs: the service, the form's version, the idempotency key, the journal's chain. Edits of one form
therefore run one after another and never deadlock.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from services.catalogue.rules.rights import may_edit_service
from services.fields.actions.versions import begin_version
from services.models import Field, FormPage, FormVersion, Service
from ula_portal.core import clock
from ula_portal.core.data.field_changes import LastEdit
from ula_portal.core.journal.actions import record
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import JournalEntry, User
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from ula_portal.core.verbs.transactions import part, verb

from ..queries.editing import Form, snapshot_of
from ..rules import FIRST_PAGE, first_pages


@part
def lock_service(service: Service, *, by: Actor) -> Service:
    """Lock a service and return it as it is now.

    Raises: NotAllowed; Outdated if it is gone.
    """
    locked = Service.objects.select_for_update(of=["self"]).filter(pk=service.pk).first()
    if locked is None:
        raise Outdated(_("Layanan ini tidak ada lagi. Muat ulang daftar layanan."))
    if not may_edit_service(by.staff_member, locked.unit_id):
        raise NotAllowed(_("Formulir layanan ini hanya dapat diubah administrator atau kepala bidangnya."))
    return locked


@part
def open_draft(version: FormVersion, *, by: Actor) -> FormVersion:
    """Lock a draft and its service for editing, and return the draft as it is now.

    Raises: NotAllowed; Outdated if it was published or discarded in the meantime.
    """
    service = lock_service(version.service, by=by)
    locked = FormVersion.objects.select_for_update(of=["self"]).filter(pk=version.pk).first()
    if locked is None:
        raise Outdated(_("Draf formulir ini sudah dibuang. Muat ulang halaman."))
    if not locked.is_draft:
        raise Outdated(_("Formulir ini sudah diterbitkan dan isinya tetap. Buat draf baru untuk mengubahnya."))
    locked.service = service
    return locked


@part
def touch(version: FormVersion, verb: str, *, by: Actor, **data: object) -> FormVersion:
    """Record a change of a draft. Every editing verb calls this last.

    Effects: the version gets a new revision and its editor; journal entry ``verb`` of the service with ``data``.
    """
    version.revision += 1
    version.edited_by, version.edited_at = by.staff_member, clock.now()
    version.save(update_fields=["revision", "edited_by", "edited_at", "removed"])
    record(verb, "service", version.service_id, by, version=version.ordinal, **data)
    return version


def last_edit(version: FormVersion, about: Mapping[str, object]) -> LastEdit:
    """Who last changed a part of a draft according to the journal, else its last editor, and when."""
    own = {f"data__{key}": value for key, value in about.items()}
    entries = JournalEntry.objects.filter(
        subject_kind="service", subject_id=str(version.service_id), actor_kind="staff", **own
    )
    if entry := entries.order_by("-sequence").first():
        return User.objects.filter(pk=entry.actor_id).first(), entry.at
    return version.edited_by, version.edited_at


@part
def renumber(table: type[FormPage] | type[Field], rows: Sequence[FormPage | Field]) -> None:
    """Number pages or fields 1, 2, 3 … in this order, with a single UPDATE."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE {table._meta.db_table} AS own SET "order" = place'
            " FROM unnest(%s::bigint[]) WITH ORDINALITY AS wanted(id, place)"
            ' WHERE own.id = wanted.id AND own."order" <> place',
            [[row.pk for row in rows]],
        )
    for number, row in enumerate(rows, 1):
        row.order = number


@part
def renumber_fields(form: Form) -> None:
    """Number the fields through the whole form, page by page."""
    renumber(Field, [field for _page, fields in form.by_page for field in fields])


@verb
def start_draft(service: Service, *, by: Actor) -> FormVersion:
    """Begin a draft of a service's form: a copy of the one in use, or the questions about the applicant.

    If there is a draft already, it is returned as it is.
    Allowed: administrators; section heads in their unit.
    Effects: journal entry. Nothing changes for the public.
    Raises: NotAllowed; Outdated; Refused for a service without a form.
    """
    service = lock_service(service, by=by)
    if service.kind == Service.Kind.ELSEWHERE:
        raise Refused(_("Layanan ini diurus di tempat lain, sehingga tidak memiliki formulir."))
    if draft := FormVersion.objects.filter(service=service, is_draft=True).first():
        return draft
    version = begin_version(service, is_draft=True)
    current = FormVersion.objects.filter(service=service, is_current=True).first()
    if current:
        fill(version, pages_of(current))
    else:
        fill(version, first_pages() if service.kind == Service.Kind.REQUEST else [(FIRST_PAGE, [])])
    return touch(version, "form_draft_started", by=by)


@verb
def copy_form(version: FormVersion, *, by: Actor, source: Service) -> FormVersion:
    """Replace the content of a draft with the form in use of another service, with its groups and conditions.

    Allowed: administrators; section heads in their unit.
    Effects: a change of the draft, see ``touch``; fields removed before can no longer be restored.
    Raises: NotAllowed; Outdated; Refused if the other service has no form in use.
    """
    version = open_draft(version, by=by)
    copied = FormVersion.objects.filter(service=source, is_current=True).first()
    if copied is None:
        raise Refused(_("Layanan itu belum memiliki formulir yang dipakai. Pilih layanan lain."))
    version.fields.all().delete()
    version.pages.all().delete()
    version.removed = []
    fill(version, pages_of(copied))
    return touch(version, "form_copied", by=by, source=source.pk)


@verb
def discard_draft(version: FormVersion, *, by: Actor) -> None:
    """Discard a draft; the form in use stays.

    Allowed: administrators; section heads in their unit.
    Effects: journal entry.
    Raises: NotAllowed; Outdated.
    """
    version = open_draft(version, by=by)
    record("form_draft_discarded", "service", version.service_id, by, version=version.ordinal)
    version.delete()


def pages_of(version: FormVersion) -> list[tuple[str, list[dict[str, Any]]]]:
    """Titles of the pages of a form, and the content of their fields."""
    return [(page.title, [snapshot_of(field) for field in fields]) for page, fields in Form(version).by_page]


@part
def fill(version: FormVersion, pages: Iterable[tuple[str, Iterable[dict[str, Any]]]]) -> None:
    """Write pages with these titles and fields into an empty version."""
    contents = [(title, list(fields)) for title, fields in pages]
    made = FormPage.objects.bulk_create(
        FormPage(version=version, order=order, title=title[:100]) for order, (title, _fields) in enumerate(contents, 1)
    )
    rows = [(page, content) for page, (_title, fields) in zip(made, contents, strict=True) for content in fields]
    Field.objects.bulk_create(
        Field(version=version, page=page, order=order, **content) for order, (page, content) in enumerate(rows, 1)
    )
