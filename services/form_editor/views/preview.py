"""The draft as an applicant would see it, page by page. Answers travel in the page itself; nothing is stored."""

from dataclasses import dataclass, field
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from services.applying.forms.apply import AnswersForm
from services.fields.queries import INVALID_INPUTS, FieldDefinition, FormPart, divided
from services.fields.show_if import visible_fields
from services.models import FormVersion
from ula_portal.core.text.cleaning import row_id

from ..queries.editing import Form
from .page import Listed, draft_page, render_page

SALT = "form preview"
MAX_AGE = 24 * 3600


@dataclass
class TriedDraft:
    """What the form of an applicant reads from a draft of a request."""

    answers: dict[str, Any] = field(default_factory=dict)


@require_safe
@draft_page
def form_preview(request: HttpRequest, version: FormVersion) -> HttpResponse:
    """The page around the preview, which shows it at the width of a phone."""
    return render_page(request, version.service, "preview.html", {"version": version, "listed": Listed(version)})


class Trial:
    """A draft that is being tried out: its usable fields, the answers so far, and the pages that apply to them."""

    def __init__(self, version: FormVersion, answers: dict[str, Any]) -> None:
        form = Form(version)
        self.fields: tuple[FieldDefinition, ...] = tuple(
            each for each in form.definitions if not each.kind.problems(each)
        )
        self.left_out = len(form.definitions) - len(self.fields)
        self.draft = TriedDraft(answers)

    @property
    def parts(self) -> list[FormPart]:
        """The pages with a question that applies."""
        names = {field.name for field in visible_fields(self.fields, self.draft.answers)}
        return [part for part in divided(self.fields) if any(field.name in names for field in part.fields)]

    @property
    def files(self) -> list[FieldDefinition]:
        """The files that the applicant would upload on the page after the questions."""
        return [field for field in visible_fields(self.fields, self.draft.answers) if field.kind.is_file]

    def form(self, part: FormPart, data: Any = None) -> AnswersForm:
        return AnswersForm(self.draft, part, data, all_fields=self.fields)


@require_http_methods(["GET", "HEAD", "POST"])
@draft_page
def form_preview_page(request: HttpRequest, version: FormVersion) -> HttpResponse:
    """A page of the draft with the applicants' own form. ``?halaman=`` opens the page with this number."""
    trial = Trial(version, _answers(request.POST.get("answers", "")))
    if request.method != "POST":
        wanted = row_id(request.GET.get("halaman"))
        parts = trial.parts
        number = next((n for n, part in enumerate(parts, 1) if part.fields[0].page == wanted), 1)
        return _show(request, trial, number, version)
    number = max(row_id(request.POST.get("part")), 1)
    if number > len(trial.parts) or "back" in request.POST:
        return _show(request, trial, number - 1, version)
    part = trial.parts[number - 1]
    form = trial.form(part, request.POST)
    valid = form.is_valid()
    answers = {name: value for name, value in trial.draft.answers.items() if name not in form.fields}
    answers = answers | form.stored | {INVALID_INPUTS: form.invalid_inputs}
    trial.draft.answers = {name: value for name, value in answers.items() if value or name != INVALID_INPUTS}
    if form.act:
        return _show(request, trial, number, version)
    return _show(request, trial, number + 1, version) if valid else _show(request, trial, number, version, form)


def _show(request, trial: Trial, number: int, version: FormVersion, form: AnswersForm | None = None) -> HttpResponse:
    parts = trial.parts
    part = parts[number - 1] if 0 < number <= len(parts) else None
    context = {
        "service": version.service,
        "number": number if part else len(parts) + 1,
        "count": len(parts) + 1,
        "part": part,
        "form": form or (trial.form(part) if part else None),
        "answers": signing.dumps(trial.draft.answers, salt=SALT, compress=True),
        "given": [] if part else _given(trial),
        "files": trial.files,
        "left_out": trial.left_out,
    }
    return render(request, "services/form_editor/preview_page.html", context, status=422 if form else 200)


def _given(trial: Trial) -> list[tuple[str, str]]:
    answers = trial.draft.answers
    shown = visible_fields(trial.fields, answers)
    return [(each.label, each.kind.read(answers[each.name], each)) for each in shown if each.name in answers]


def _answers(text: str) -> dict[str, Any]:
    """The answers that the page before has brought; none if they are not what the portal wrote."""
    try:
        found = signing.loads(text, salt=SALT, max_age=MAX_AGE)
    except signing.BadSignature:
        return {}
    return found if isinstance(found, dict) else {}
