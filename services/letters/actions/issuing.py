"""Issuing a letter: its number is reserved and committed, then the PDF is rendered, then the letter is issued."""

import logging
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from services import states
from services.engine.actions import timeline
from services.engine.actions.finishing import complete_current, record_step
from services.engine.actions.flow import Case
from services.engine.actions.report import StepReport
from services.engine.actions.steps import must_be_able_to_finish, workable_step
from services.fields.queries import fields_of
from services.models import Letter, LetterTemplate, Request, StepRun
from sop.rules.flow import Flow, FlowStep
from ula_portal.core import clock
from ula_portal.core.data import numbering
from ula_portal.core.documents import pdf
from ula_portal.core.files import uploads
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import StoredFile, User
from ula_portal.core.office import queries
from ula_portal.core.security import codes
from ula_portal.core.text.cleaning import plain_line
from ula_portal.core.verbs.errors import Outdated, Refused
from ula_portal.core.verbs.transactions import verb

from .. import default_templates, rules
from ..queries import (
    CODE_LENGTH,
    CODE_PURPOSE,
    placeholder_label,
    placeholder_values,
    template_of,
    verification_code,
    verification_path,
)

logger = logging.getLogger(__name__)
TEMPLATE = "services/letters/letter.html"


@verb
def ensure_letter_templates() -> list[LetterTemplate]:
    """Create the default templates that are missing; existing ones, edited or not, stay as they are."""
    return [
        LetterTemplate.objects.get_or_create(code=code, defaults=each)[0] for code, each in default_templates.DEFAULTS
    ]


def template_for(request: Request, flow: Flow, step: FlowStep) -> LetterTemplate:
    """The template of a letter step, as ``letters.queries.template_of``.

    Raises: Refused when there is none.
    """
    wanted = template_of(request.service, flow, step)
    if wanted is None:
        raise Refused(_("Templat surat belum ada. Hubungi administrator."))
    return wanted


@translation.override("id")
def draft_body(request: Request, template: LetterTemplate) -> str:
    """The template's body filled with the values of the request, for the official to check and edit."""
    return rules.filled_body(template.body, placeholder_values(request, template))


def issue_letter(
    run: StepRun, *, by: Actor, body: str | None = None, note: str = "", deviation_reason: str = ""
) -> Letter:
    """Issue the letter of a letter step and complete the step. Call it outside a transaction.

    ``body`` is the text (default: the filled template). The number is reserved in its own transaction and committed
    before rendering. If rendering fails, the number stays reserved and the next attempt uses it. A repeated call by
    the same user returns the letter already issued.

    Allowed: whoever may work the step and sign (``permissions.may_sign``), never a deputy.
    Effects: an earlier letter of the request is withdrawn; otherwise as ``complete_step``.
    Raises: NotAllowed, Outdated, Refused (``field`` names the missing input) and Refused when rendering fails.
    """
    letter, done = _reserve(run, by, body, deviation_reason)
    if done:
        return letter
    try:
        content = _render(context_of(letter))
    except Exception as error:
        logger.exception("letter %s was not rendered", letter.pk)
        raise Refused(
            _("Surat belum terbentuk karena gangguan. Nomor %(number)s tetap dipesan dan isian tersimpan. Coba lagi.")
            % {"number": letter.number}
        ) from error
    return _issue(letter, run, by, content, StepReport(note, deviation_reason=deviation_reason))


@transaction.atomic(durable=True)
def _reserve(run: StepRun, by: Actor, body: str | None, deviation_reason: str) -> tuple[Letter, bool]:
    """The reserved letter of the request, new or from an earlier attempt, and False.

    If the user has already issued the letter of this run, that letter and True.
    """
    user = by.staff_member
    case = Case.lock_of_run(run)
    issued = Letter.objects.filter(run_id=run.pk, state=Letter.State.ISSUED, issued_by=user).first()
    if issued and (case.run is None or case.run.pk != run.pk):
        return issued, True
    step = workable_step(case, run, user)
    if not step.issues_letter:
        raise Refused(_("Langkah ini tidak menerbitkan surat."))
    must_be_able_to_finish(case, user)
    if case.open_pause():
        raise Refused(_("Permohonan sedang menunggu kelengkapan dari pemohon. Catat dahulu jawabannya."))
    run = case.open_run
    if run.missed_alarm(case.at) and not deviation_reason.strip():
        raise Refused(_("Langkah ini melewati waktu bakunya. Tulis alasannya."), field="deviation_reason")
    template = template_for(case.request, case.flow, step)
    text = (body if body is not None else draft_body(case.request, template)).strip()
    if not text:
        raise Refused(_("Isi surat belum ada."), field="body")
    _must_have_no_blanks(text)
    subject = _masked_subject(case.request, template, text)
    letter = case.request.letters.filter(state=Letter.State.RESERVED).first() or _numbered_letter(case, template)
    letter.run, letter.template, letter.body = run, template, text
    letter.signatory, letter.subject = _signatory(run, user), subject
    letter.save()
    return letter, False


def _must_have_no_blanks(text: str) -> None:
    """Check that the text has no blanks; the database refuses them too.

    Raises: Refused (``field`` is ``body``), naming the blanks.
    """
    if places := rules.blanks_in(text):
        raise Refused(
            _("Surat belum dapat terbit. Masih kosong: %(places)s. Lengkapi isiannya atau tulis pada isi surat.")
            % {"places": "; ".join(places)},
            field="body",
        )


@translation.override("id")
def _masked_subject(request: Request, template: LetterTemplate, text: str) -> list[list[str]]:
    """The letter's subject for the verification page: pairs of label and masked value, read from its text.

    Raises: Refused (``field`` is ``body``) when a value is missing, or no longer found in the edited text.
    """
    values = placeholder_values(request, template)
    labels = {each.name: each.label for each in fields_of(request.form_version_id)}
    found, gone = [], []
    for name in template.subject:
        label, known = placeholder_label(name, labels), plain_line(str(values.get(name) or ""))
        value = rules.value_in_text(text, template.body, name, label, known)
        found.append((label, value))
        if known and not value:
            gone.append((label, known))
    if gone:
        label, known = gone[0]
        raise Refused(
            _(
                "Surat belum dapat terbit. %(label)s menurut isian, “%(value)s”, tidak ada lagi pada isi surat. Bila "
                "keliru, tulis kembali. Bila memang lain, tulis baris “%(label)s: …” pada isi surat."
            )
            % {"label": label, "value": known},
            field="body",
        )
    if missing := [label for label, value in found if not value]:
        raise Refused(
            _("Surat belum dapat terbit. Pokok surat untuk halaman Periksa keaslian surat belum diisi: %(labels)s.")
            % {"labels": "; ".join(missing)},
            field="body",
        )
    return [[label, rules.masked(value)] for label, value in found]


def _numbered_letter(case: Case, template: LetterTemplate) -> Letter:
    """An unsaved letter with the next number. Numbers have no gaps, because letter and sequence commit together."""
    day = clock.today()
    service_template = case.request.service.letter_template
    version = case.request.sop_version
    assert version, "a case runs along an SOP"
    unit = case.request.service.unit or version.sop.unit
    sequence = numbering.next_number("letter", day.year)
    nonce = codes.new_nonce()
    number = rules.letter_number(
        template.number_pattern,
        # The code classifies the matter, so a refusal carries the same code as the service's own letter.
        code=(service_template or template).classification,
        sequence=sequence,
        unit=unit.short_name or unit.code,
        day=day,
    )
    return Letter(
        request=case.request,
        number=number,
        sequence=sequence,
        year=day.year,
        nonce=nonce,
        verify_hash=codes.stored_hash(codes.code(CODE_PURPOSE, nonce, CODE_LENGTH)),
        reserved_at=case.at,
    )


def _signatory(run: StepRun, user: User) -> dict[str, str]:
    """Signature block by the tenure of the step's position, else by the user's own: a head signs in their own name."""
    tenures = queries.tenures_of(user)
    tenure = next((each for each in tenures if each.position_id == run.position_id), next(iter(tenures), None))
    return rules.signatory(user, tenure)


@translation.override("id")
def context_of(letter: Letter, *, draft: bool = False) -> dict[str, Any]:
    """Context of the letter's HTML template. A draft has neither number nor code, and a mark across the page."""
    office = queries.office()
    day = date_format(clock.today(), "j F Y")
    context = {
        "letter": letter,
        "office": office,
        "paragraphs": rules.paragraphs(letter.body),
        "signatory": letter.signatory,
        "place_date": f"{office.city}, {day}" if office.city else day,
        "mark": "KONSEP" if draft else office.specimen_mark,
        "draft": draft,
    }
    if not draft:
        path = verification_path(letter)
        context |= {
            "qr": pdf.qr_svg(settings.PORTAL_URL + path),
            "verify_code": verification_code(letter),
            "verify_url": (settings.PORTAL_URL + path).split("://", 1)[1],
        }
    return context


def render_preview(request: Request, flow: Flow, run: StepRun, user: User, body: str) -> bytes:
    """PDF of the letter as it would look, without a number; nothing is stored."""
    template = template_for(request, flow, flow.step(run.step_id))
    letter = Letter(request=request, template=template, body=body, signatory=_signatory(run, user))
    return _render(context_of(letter, draft=True))


def _render(context: dict[str, Any]) -> bytes:
    """Render the PDF in Indonesian, whatever the language of the official's interface."""
    with translation.override("id"):
        return pdf.render_template(TEMPLATE, context)


def _issue(letter: Letter, run: StepRun, by: Actor, content: bytes, report: StepReport) -> Letter:
    name, user = f"Surat {letter.number.replace('/', '-')}.pdf", by.staff_member
    stored = None
    try:
        with transaction.atomic():
            case = Case.lock_of_run(run)
            step = workable_step(case, run, user)
            # The signatory's order may have been withdrawn while the letter was being rendered.
            must_be_able_to_finish(case, user)
            current = Letter.objects.select_for_update().get(pk=letter.pk)
            if current.state != Letter.State.RESERVED:
                raise Outdated(_("Surat %(number)s sudah terbit.") % {"number": current.number})
            replaced = _withdraw_earlier(case, by)
            stored = uploads.keep(content, name, "application/pdf")
            _mark_issued(case, letter, stored, by)
            moved = complete_current(case, step, "done", by=by, report=report)
            more = {"letter": letter.pk, "sha256": stored.sha256}
            if replaced:
                more["replaces"] = replaced
            record_step(case, moved, step, by=by, verb="issue_letter", **more)
    except BaseException:
        # The file was already written, but the transaction failed.
        if stored is not None and stored.blob.name:
            stored.blob.storage.delete(stored.blob.name)
        raise
    return letter


def _mark_issued(case: Case, letter: Letter, stored: StoredFile, by: Actor) -> None:
    states.LETTER.make(letter, "issue")
    letter.file, letter.issued_at, letter.issued_by = stored, case.at, by.staff_member
    letter.save()
    timeline.add_entry(case.request, "letter_issued", by=by, run=case.run, letter=letter.pk)


def _withdraw_earlier(case: Case, by: Actor) -> int | None:
    """Withdraw the letter that the new one replaces, visibly for the applicant. Returns its id, or None."""
    earlier = case.request.letters.filter(state=Letter.State.ISSUED).first()
    if earlier is None:
        return None
    states.LETTER.make(earlier, "withdraw")
    earlier.withdrawn_at = case.at
    earlier.save(update_fields=["state", "withdrawn_at"])
    timeline.add_entry(case.request, "letter_withdrawn", by=by, letter=earlier.pk)
    return earlier.pk
