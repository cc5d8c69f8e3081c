"""Questions as a Django form: how fields are rendered, and which of them apply."""

import json
from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Layout
from django import forms
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from ula_portal.core.text.words import filled_sentence, indonesian

from .show_if import is_blank, visible_fields, words_of


class QuestionsForm(forms.Form):
    """A form with one field for each definition (``FieldDefinition`` or ``Column``); information is shown between.

    ``conditions``: name → what remains of a field's condition on this page, if it differs from the field's own.
    """

    def __init__(self, definitions, *, conditions=None, **more):
        super().__init__(**more)
        self.definitions = list(definitions)
        self.conditions = conditions or {}
        for definition in self.definitions:
            if definition.kind.is_question:
                self.fields[definition.name] = self.question(definition)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(*map(self.row, self.definitions))

    def question(self, definition):
        """Return the form field of a definition, with its label and help marked as Indonesian."""
        field = definition.kind.form_field(definition)
        field.error_messages["required"] = _("Isian ini wajib diisi.")
        # The office writes labels, help and options in Indonesian, whatever the page's language.
        field.label = indonesian(definition.label)
        field.help_text = _help(definition, field.help_text)
        if isinstance(field.widget, forms.RadioSelect):
            field.choices = [(value, indonesian(label) if value else label) for value, label in field.choices]
        elif isinstance(field.widget, forms.Select):
            # Options cannot contain markup, so the whole select is marked.
            field.widget.attrs["lang"] = "id"
        return field

    def row(self, definition):
        """Return the layout of a question or an information, indented if it depends on an answer of this page."""
        row = self._information(definition) if not definition.kind.has_answer else self._question_row(definition)
        condition = self.conditions.get(definition.name, definition.show_if)
        if not condition:
            return row
        hint = Markup(format_html('<p class="form-note mb-1" data-show-if-hint>{}</p>', self._words(condition)))
        more = {"data_show_if_prefix": f"{self.prefix}."} if self.prefix else {}
        return Div(hint, row, css_class="depends", data_show_if=json.dumps(condition, ensure_ascii=False), **more)

    def _question_row(self, definition):
        field = self.fields[definition.name]
        if template := getattr(field, "template", ""):
            return Field(definition.name, template=template)
        return Field(definition.name, **({"wrapper_class": "choices"} if _has_radio(field) else {}))

    def _information(self, definition):
        text = definition.rules.get("text", "")
        paragraphs = format_html('<p class="mb-0 keep-lines">{}</p>', indonesian(text)) if text else ""
        heading = indonesian(definition.label)
        return Markup(format_html('<div class="form-info mb-3"><h2 class="h3">{}</h2>{}</div>', heading, paragraphs))

    def _words(self, condition):
        """Return the condition in words, for browsers without scripts."""
        labels = {definition.name: definition.label for definition in self.definitions}
        return _("Diisi hanya bila %(condition)s.") % {"condition": words_of(condition, labels)}

    def drop_hidden(self, applying):
        """Forget input and errors of all questions but ``applying``."""
        for name in set(self.fields) - {definition.name for definition in applying}:
            self._errors.pop(name, None)
            self.cleaned_data.pop(name, None)

    @property
    def stored(self) -> dict:
        """The valid answers (field name → stored value)."""
        return {
            definition.name: definition.kind.to_stored(self.cleaned_data[definition.name], definition)
            for definition in self.definitions
            if not is_blank(self.cleaned_data.get(definition.name))
        }


class RowForm(QuestionsForm):
    """The questions of one row of a group, named ``group.row.column``."""

    def __init__(self, columns: Sequence[Any], prefix: str, **more: Any) -> None:
        super().__init__(columns, prefix=prefix, **more)

    def add_prefix(self, field_name):
        return f"{self.prefix}.{field_name}"

    def full_clean(self):
        """Forget errors in questions that do not apply to the row."""
        super().full_clean()
        if self.is_bound:
            self.drop_hidden(visible_fields(self.definitions, self.stored))


class Markup(HTML):
    """HTML in a layout. Unlike ``HTML`` it is no template: braces in the office's words stay as they are."""

    def render(self, form, context, template_pack=None, **kwargs):
        return self.html


def _has_radio(field):
    return isinstance(field.widget, forms.RadioSelect)


def _help(definition, usual):
    """Return the help below a question: what the office wrote or the type's hint, an example, where it is on paper."""
    lines = [indonesian(definition.help) if definition.help else usual]
    for setting, sentence in (("example", _("Contoh: %(text)s")), ("paper_hint", _("Letaknya: %(text)s"))):
        if text := definition.rules.get(setting):
            lines.append(filled_sentence(sentence, text=indonesian(text)))
    return mark_safe("<br>".join(conditional_escape(line) for line in lines if line))
