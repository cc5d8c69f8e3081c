"""Letters: the template of a letter step and what it lacks, the letter of a request, and look-up by printed code."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from services.engine import decisions
from services.engine.decisions import is_refusal_step
from services.engine.queries.recording import flow_of_case
from services.fields.queries import applicable_fields, fields_of
from services.models import Field, Letter, LetterTemplate, Request, Service
from sop.rules.flow import Flow, FlowStep
from ula_portal.core.security import codes

from . import default_templates, rules

CODE_PURPOSE = "letter"
CODE_LENGTH = 12


def template_of(service: Service, flow: Flow, step: FlowStep) -> LetterTemplate | None:
    """The template of a letter step, or None.

    It is the refusal template if only rejected ends can follow the step, else the service's, else the general one. At
    most one query.
    """
    if is_refusal_step(flow, step):
        return LetterTemplate.objects.filter(is_refusal=True).order_by("pk").first()
    return service.letter_template or LetterTemplate.objects.filter(code=default_templates.GENERAL).first()


def placeholder_values(request: Request, template: LetterTemplate) -> dict[str, str]:
    """Values for the placeholders of a template, by name: from the request, its answers and the reason of a refusal."""
    answers = [
        (each.name, each.kind.display(request.answers[each.name], each))
        for each in applicable_fields(request)
        if each.name in request.answers and each.kind.is_question
    ]
    reason = ""
    if template.is_refusal:
        reason = decisions.reason_of_refusal(flow_of_case(request), request.runs.all())
    return rules.request_values(request, answers, reason)


@dataclass(frozen=True)
class MissingValue:
    """A placeholder without a value, with its label and where it can be filled in.

    ``where``: "answers" (the request's answers), "service" (the catalogue), or "text" (only in the letter itself).
    """

    name: str
    label: str
    where: str


def missing_values(request: Request, template: LetterTemplate) -> list[MissingValue]:
    """Placeholders of a template that have no value for this request, in the order of the text."""
    with translation.override("id"):
        missing = rules.placeholders_without_value(template.body, placeholder_values(request, template))
    if not missing:
        return []
    labels = {each.name: each.label for each in fields_of(request.form_version_id)}
    answerable = {each.name for each in applicable_fields(request)} | {"applicant"}

    def where(name: str) -> str:
        return "answers" if name in answerable else "service" if name in ("legal_basis", "service") else "text"

    return [MissingValue(each, placeholder_label(each, labels), where(each)) for each in missing]


def placeholder_label(name: str, labels: Mapping[str, str]) -> str:
    """Label of a placeholder: from the form's ``labels``, else of a general placeholder, else its name."""
    return str(labels.get(name) or rules.PLACEHOLDERS.get(name) or name)


def known_placeholders(template: LetterTemplate | None = None) -> list[str]:
    """Names of the placeholders that a template may use.

    These are the general ones and the fields in the current forms of the services that use the template; while no
    service uses it, the fields of all current forms. At most two queries.
    """
    current = Field.objects.filter(version__is_current=True).exclude(type__in=("file", "info"))
    own = current.filter(version__service__letter_template=template) if template and template.pk else None
    names = set((own if own is not None and own.exists() else current).values_list("name", flat=True))
    return [*rules.PLACEHOLDERS, *sorted(names - set(rules.PLACEHOLDERS))]


def letter_gaps(service: Service, flow: Flow) -> list[tuple[str, list[str]]]:
    """What the letter steps of a service lack.

    Returns pairs of a template's name and the placeholders that the form does not have; for a step without a template,
    the step's number and an empty list.
    """
    form = service.form_versions.filter(is_current=True).first()
    known = {*rules.PLACEHOLDERS, *(each.name for each in fields_of(form.pk))} if form else set(rules.PLACEHOLDERS)
    gaps: list[tuple[str, list[str]]] = []
    seen = set()
    for step in flow.steps:
        if not step.issues_letter or step.lead_kind != "position":
            continue
        template = template_of(service, flow, step)
        if template is None:
            gaps.append((str(step.no), []))
        elif template.pk not in seen:
            unknown = [name for name in rules.placeholders_of(template.body) if name not in known]
            gaps += [(template.name, unknown)] if unknown else []
            seen.add(template.pk)
    return gaps


def gap_sentences(service: Service, flow: Flow) -> list[str]:
    """``letter_gaps`` as sentences, for the page of the service in the admin panel."""
    sentences = []
    for what, names in letter_gaps(service, flow):
        if names:
            text = _("Templat surat “%(name)s” memakai isian yang tidak ada pada formulir: %(names)s.")
            sentences.append(text % {"name": what, "names": ", ".join(f"{{{name}}}" for name in names)})
        else:
            sentences.append(_("Langkah %(no)s menerbitkan surat, tetapi templat suratnya belum ada.") % {"no": what})
    return sentences


def verification_code(letter: Letter) -> str:
    """The code printed on a letter, in groups of four (``ABCD-EFGH-JKMN``); the database only holds its hash."""
    code = codes.code(CODE_PURPOSE, letter.nonce, CODE_LENGTH)
    return "-".join(code[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def verification_path(letter: Letter) -> str:
    """Path of the page that verifies a letter, as in its QR code."""
    return reverse("letter_verify", args=[codes.code(CODE_PURPOSE, letter.nonce, CODE_LENGTH)])


def issued_letter(request: Request) -> Letter | None:
    """The valid letter of a request, or None, even if the applicant cannot fetch it yet. One query."""
    return request.letters.filter(state=Letter.State.ISSUED).select_related("file", "template", "issued_by").first()


def letter_for_applicant(request: Request) -> Letter | None:
    """The letter that the applicant may fetch, or None.

    The letter must be issued, and the request closed or waiting for its collection: before that, the office may still
    stamp or check it. At most two queries.
    """
    letter = issued_letter(request)
    if letter is None or request.closed_at or letter.collected_at:
        return letter
    run = next((run for run in request.runs.all() if run.finished_at is None), None)
    return letter if run and run.led_by == "applicant" and run.step.shape == "end" else None


def letter_by_code(entered: str) -> Letter | None:
    """The letter with a verification code as people type it, or None; reserved letters do not count. One query."""
    code = codes.normalise(entered or "")
    if len(code) != CODE_LENGTH:
        return None
    return (
        Letter.objects.filter(verify_hash=codes.stored_hash(code))
        .exclude(state=Letter.State.RESERVED)
        .select_related("request__service", "file", "template")
        .first()
    )
