"""The form of a request as staff complete it for an applicant at the desk."""

from crispy_forms.layout import Layout
from django.utils.html import format_html
from django.utils.translation import gettext as _

from services.fields.forms import Markup
from services.fields.queries import FormPart, parts_of, questions_for_staff

from .apply import AnswersForm


class DeskAnswersForm(AnswersForm):
    """All questions staff may answer, under the titles of their parts. None is required; blanks change nothing."""

    def __init__(self, request, data=None):
        answerable = {each.name for each in questions_for_staff(request)}
        parts = [
            (
                _("Tentang pemohon") if part.kind == "person" else part.title,
                [each for each in part.fields if each.name in answerable],
            )
            for part in parts_of(request.form_version_id)
        ]
        fields = tuple(each for _heading, fields in parts for each in fields)
        super().__init__(request, FormPart("matter", 1, 1, fields), data)
        self.helper.layout = Layout(*self._titled(parts))

    def _titled(self, parts):
        for title, fields in parts:
            if fields:
                yield Markup(format_html('<h2 class="h3">{}</h2>', title))
                yield from map(self.row, fields)

    def question(self, definition):
        field = super().question(definition)
        field.required = False
        return field

    def as_typed(self):
        """Forget all errors, to show the form again after one of its buttons was pressed."""
        self.full_clean()
        self._errors.clear()
        return self
