"""What is wrong with a form, as sentences for whoever edits it. Errors keep it from being published."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from services.fields.checks import Finding, findings_of
from services.fields.show_if import names_in
from services.fields.ways import ways_through

from ..rules import APPLICANT
from .editing import Form


@dataclass(frozen=True)
class Problem:
    """A sentence about a form. ``field_id``: id of the field where it is mended, None for the form as a whole."""

    sentence: str
    is_error: bool
    field_id: int | None = None


def problems_of(form: Form) -> list[Problem]:
    """What is wrong with a form, errors first; dead ends are only looked for if it has no errors."""
    found = [*_of_form(form), *_named(form, findings_of(form.definitions))]
    if not any(problem.is_error for problem in found):
        found += _named(form, ways_through(form.definitions).findings)
    return sorted(found, key=lambda problem: not problem.is_error)


def _named(form: Form, findings: Iterable[Finding]) -> Iterator[Problem]:
    fields = {field.name: field for field in form.fields}
    for finding in findings:
        field = fields[finding.field]
        sentence = _("“%(label)s”: %(problem)s") % {"label": field.label, "problem": finding.text}
        yield Problem(sentence, finding.is_error, field.pk)


def _of_form(form: Form) -> Iterator[Problem]:
    names = {field.name: field for field in form.fields}
    if form.version.service.kind == "request":
        applicant = names.get(APPLICANT)
        if applicant is None:
            yield Problem(_("Formulir belum menanyakan nama lengkap pemohon."), True)
        elif not applicant.required or applicant.show_if:
            yield Problem(_("Nama pemohon harus wajib diisi dan selalu tampil."), True, applicant.pk)
    for page, fields in form.by_page:
        if not fields:
            yield Problem(_("Halaman “%(title)s” belum berisi apa pun.") % {"title": page.title}, False)
    requirements = form.version.service.requirements.filter(active=True).exclude(show_if={})
    for requirement in requirements:
        for name in set(names_in(requirement.show_if)) - names.keys():
            sentence = _("Persyaratan “%(text)s” bergantung pada isian “%(name)s” yang tidak ada lagi.")
            yield Problem(sentence % {"text": requirement.text, "name": name}, True)
