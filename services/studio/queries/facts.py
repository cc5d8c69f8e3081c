"""What the parts of a service's page show beside their fields: of its SOP, its form, its letter."""

from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from services.catalogue.queries.catalogue import SECONDS_PER_DAY
from services.fields.queries import FieldDefinition, current_form, fields_of
from services.letters import default_templates
from services.letters.rules import PLACEHOLDERS, filled_body
from services.models import Letter, LetterTemplate, Service
from sop.models import SopVersion
from sop.rules.queries.flows import flow_of
from sop.rules.queries.validity import version_in_force
from ula_portal.core import clock

from .editing import drafted


@dataclass(frozen=True)
class SopFacts:
    """Of the SOP in force: its steps, those that issue a letter, its time in working days, rounded up."""

    version: SopVersion
    steps: int
    letter_steps: list[int]
    days: int


def sop_facts(service: Service) -> SopFacts | None:
    """Facts of the SOP in force of a service, or None."""
    version = version_in_force(service.sop_id) if service.sop_id else None
    if version is None:
        return None
    flow = flow_of(version.pk)
    letters = [step.no for step in flow.steps if step.issues_letter]
    return SopFacts(version, len(flow.steps), letters, -(-int(flow.office_seconds) // SECONDS_PER_DAY))


@dataclass(frozen=True)
class FormFacts:
    """The fields of the form used for new requests; none if there is no form."""

    fields: tuple[FieldDefinition, ...]


def form_facts(service: Service) -> FormFacts:
    form = current_form(service)
    return FormFacts(fields_of(form.pk) if form else ())


@dataclass(frozen=True)
class LetterFacts:
    """The template of the letter, and what it may name: placeholder, meaning, example.

    ``complete``: whether there is one for approvals and one for refusals.
    """

    template: LetterTemplate | None
    complete: bool
    placeholders: list[tuple[str, str, str]]


def letter_facts(service: Service) -> LetterFacts:
    """The letter of a service and the placeholders that its template may use."""
    samples = _samples(service)
    labels: dict[str, str] = {name: str(label) for name, label in PLACEHOLDERS.items()}
    labels |= {field.name: field.label for field in _askable(service)}
    rows = [(f"{{{name}}}", label, samples[name]) for name, label in labels.items()]
    template = template_of(service)
    refusals = LetterTemplate.objects.filter(is_refusal=True)
    return LetterFacts(template, template is not None and refusals.exists(), rows)


def template_of(service: Service) -> LetterTemplate | None:
    """The template of the letter that approves, once the changes of a service are published."""
    shown = drafted(service)
    chosen = shown.letter_template if shown.letter_template_id else None
    return chosen or LetterTemplate.objects.filter(code=default_templates.GENERAL).first()


def _askable(service: Service) -> list[FieldDefinition]:
    return [field for field in form_facts(service).fields if field.kind.is_question]


def _samples(service: Service) -> dict[str, str]:
    """Sample values of all placeholders of a service's letter, by name. In Indonesian, as letters are."""
    shown = drafted(service)
    with translation.override("id"):
        samples = {field.name: _sample_of(field) for field in _askable(service)}
        return samples | {
            "applicant": "Siti Contoh",
            "service": shown.name,
            "request_number": f"ULA-{clock.today().year}-000123",
            "submitted_on": date_format(clock.today(), "j F Y"),
            "reason": "Berkas belum memenuhi persyaratan.",
            "legal_basis": "; ".join(shown.legal_basis or ["…"]),
            "objection_days": str(settings.OBJECTION_DAYS),
        }


def _sample_of(field: FieldDefinition) -> str:
    options = field.kind.options(field)
    return options[0] if options else _("contoh %(label)s") % {"label": field.label.lower()}


def sample_letter(service: Service) -> Letter | None:
    """A letter of a service with sample data, not to be saved; None without a template."""
    template = template_of(service)
    if template is None:
        return None
    signatory = {"position": "Kepala Dinas Pendidikan", "name": "Nama Pejabat", "rank": "", "nip": "", "authority": ""}
    return Letter(template=template, body=filled_body(template.body, _samples(service)), signatory=signatory)
