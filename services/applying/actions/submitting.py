"""The submission of a request, the same for drafts and for requests opened at the desk."""

from typing import Any

from django.utils.translation import gettext as _

from services import states
from services.deadlines.rules import start_clock
from services.engine.actions import timeline
from services.engine.actions.opening import open_case
from services.fields.queries import fields_of, unanswered
from services.fields.show_if import visible_fields
from services.models import Request, Service
from services.papers.queries.slots import lacks_documents
from services.routing.queries.rules import automatic_official
from sop.rules.queries.validity import version_in_force
from ula_portal.core import clock
from ula_portal.core.data import numbering
from ula_portal.core.data.idempotency import claim
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.notices import outbox
from ula_portal.core.verbs.errors import Refused
from ula_portal.core.verbs.transactions import part, verb


@verb
def submit_request(draft: Request, *, by: Actor, documents_may_follow: bool = True, key: str = "") -> Request:
    """Submit a draft.

    A draft is submitted once: a second call returns the request the first one made. ``key`` is only needed by callers
    that do not keep the draft.

    Allowed: whoever has the draft's address.
    Effects: The request gets its number and the SOP version in force, and its case is opened and routed. The clock
    starts if all required uploads are present, otherwise when an official declares the file complete. The applicant is
    notified by e-mail; timeline and journal record the submission.
    Raises: Refused, leaving the draft unchanged, if an answer is missing (``field`` names it), if an upload is missing
    and may not follow (``field`` is "documents"), or if the service has no SOP in force.
    """
    earlier = claim(by.key, key)
    request = (
        Request.objects.select_for_update(of=["self"]).select_related("service").get(pk=earlier.earlier_id or draft.pk)
    )
    if request.state != Request.State.DRAFT:
        return request
    if missing := unanswered(request):
        raise Refused(
            _("Isian “%(label)s” belum benar. Isian lain tetap tersimpan. Perbaiki isian itu, lalu kirim lagi.")
            % {"label": missing[0].label},
            field=missing[0].name,
        )
    complete = not lacks_documents(request)
    if not complete and not documents_may_follow:
        raise Refused(
            _("Masih ada berkas wajib yang belum ada. Centang bahwa Anda akan menyusulkannya, atau unggah sekarang."),
            field="documents",
        )
    enter_request(request, by=by, complete=complete)
    earlier.record("request", request.pk)
    return request


@part
def enter_request(request: Request, *, by: Actor, complete: bool) -> None:
    """Submit a request from any source: pinned SOP version, clock, number, case, notice and journal."""
    service, now = request.service, clock.now()
    version = version_in_force(service.sop_id) if service.sop_id else None
    if version is None or service.state != Service.State.PUBLISHED:
        raise Refused(_("Permohonan belum dapat dikirim. Draf Anda tersimpan. Coba lagi nanti atau hubungi kami."))
    request.answers = _applicable_answers(request)
    request.sop_version, request.received_at = version, now
    if complete:
        start_clock(request, now)
    states.REQUEST.make(request, "submit")
    year = clock.local(now).year
    request.number = f"ULA-{year}-{numbering.next_number('request', year):06d}"
    fields = ("answers", "sop_version", "received_at", "complete_at", "due_at", "state", "number")
    request.save(update_fields=fields)
    timeline.add_entry(request, "submitted", by=by, source=request.source)
    open_case(request, by=by, official=automatic_official(request))
    if request.applicant_email:
        outbox.tell("request_received", "request", request.pk)
    journal.record("submit_request", "request", request.pk, by, service=service.pk, sop_version=version.pk)


def _applicable_answers(request: Request) -> dict[str, Any]:
    """Return the answers whose conditions hold, dropping those given before another answer was changed."""
    names = {field.name for field in visible_fields(fields_of(request.form_version_id), request.answers)}
    return {name: value for name, value in request.answers.items() if name in names}
