"""Forms of routing: editing a rule, and trying which rule takes a request."""

from django import forms
from django.utils.translation import gettext_lazy as _

from services.models import Request, RoutingRule, Service
from ula_portal.core.office.queries import people_holding_positions
from ula_portal.core.text.fields import LineField

from .queries.fields import AnswerField, answer_fields

# Between the name of a field and an answer, in the value of a tick box.
SEPARATOR = "="
EMPTY_CONDITIONS = {"service": _("semua layanan"), "unit": _("semua unit"), "source": _("dari mana pun")}


class AnswerBoxes(forms.CheckboxSelectMultiple):
    """Tick boxes for answers, grouped by field in folds. Folds with a ticked box are open."""

    template_name = "services/routing/answer_boxes.html"

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        groups = context["widget"]["optgroups"]
        context["widget"]["open"] = [group for group, options, _n in groups if any(o["selected"] for o in options)]
        return context


class RoutingRuleForm(forms.ModelForm):
    """Conditions and target of a rule, and whether it is automatic. Its place is set in the list."""

    conditions = forms.MultipleChoiceField(
        label=_("Jawaban pemohon"),
        required=False,
        widget=AnswerBoxes,
        help_text=_("Dari satu isian cukup salah satu jawaban yang dicentang. Beberapa isian harus cocok semua."),
    )

    class Meta:
        model = RoutingRule
        fields = ("service", "unit", "source", "position", "user", "automatic", "active")
        help_texts = {
            "unit": _("Unit penanggung jawab layanan."),
            "position": _("Pilih jabatan atau petugas, salah satu saja. Jabatan tetap benar bila orangnya berganti."),
            "automatic": _("Pejabat ditetapkan saat permohonan masuk. Tanpa ini, aturan hanya memberi saran."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, words in EMPTY_CONDITIONS.items():
            if name in self.fields:
                self.fields[name].choices = [("", words), *list(self.fields[name].choices)[1:]]
        self.answer_fields = answer_fields()
        if "conditions" in self.fields:
            answers = self.instance.answers
            self.fields["conditions"].choices = _boxes(self.answer_fields, answers)
            self.initial["conditions"] = [
                f"{name}{SEPARATOR}{each}" for name, wanted in answers.items() for each in _list(wanted)
            ]
        if "user" in self.fields:
            people = [user.pk for user in people_holding_positions()]
            self.fields["user"].queryset = self.fields["user"].queryset.filter(pk__in=[*people, self.instance.user_id])

    def clean_conditions(self):
        answers = {}
        for each in self.cleaned_data["conditions"]:
            name, _separator, answer = each.partition(SEPARATOR)
            answers.setdefault(name, []).append(answer)
        return answers

    def clean(self):
        data = super().clean()
        if bool(data.get("position")) == bool(data.get("user")):
            raise forms.ValidationError(_("Pilih satu tujuan: jabatan atau petugas."))
        service, unit, answers = data.get("service"), data.get("unit"), data.get("conditions") or {}
        if service and unit and service.unit_id != unit.pk:
            words = {"unit": service.unit or _("tanpa unit")}
            self.add_error("unit", _("Layanan ini milik %(unit)s, sehingga aturan tidak akan pernah cocok.") % words)
        if service:
            self._must_be_in_form(service, answers)
        self.instance.answers = answers
        return data

    def _must_be_in_form(self, service, answers):
        for name in answers:
            field = self.answer_fields.get(name)
            if field is None or service.pk not in field.services:
                label = field.label if field else name
                words = {"label": label, "service": service.name}
                self.add_error("conditions", _("Formulir %(service)s tidak menanyakan “%(label)s”.") % words)


def _list(wanted):
    return wanted if isinstance(wanted, list) else [wanted]


def _boxes(fields, answers):
    """Choices in groups by field. Answers that a rule asks for stay, even if no form offers them any more."""
    known = {name: (each.label_and_services, list(each.options)) for name, each in fields.items()}
    for name, wanted in answers.items():
        _label, options = known.setdefault(name, (name, []))
        options += [each for each in map(str, _list(wanted)) if each not in options]
    return [
        (label, [(f"{name}{SEPARATOR}{each}", each) for each in options]) for name, (label, options) in known.items()
    ]


class RuleTestForm(forms.Form):
    """An existing request by its number, or one made up: service, source, and answers to the fields in the rules."""

    number = LineField(label=_("Nomor permohonan"), max_length=30, required=False)
    service = forms.ModelChoiceField(
        Service.objects.filter(kind=Service.Kind.REQUEST).select_related("unit"),
        label=_("Layanan"),
        required=False,
        empty_label=_("pilih layanan"),
    )
    source = forms.ChoiceField(label=_("Asal"), choices=Request.Source.choices, initial=Request.Source.WALK_IN)

    def __init__(self, *args, fields: list[AnswerField], **kwargs):
        super().__init__(*args, **kwargs)
        self.answer_fields = fields
        for each in fields:
            choices = [("", _("tidak dijawab")), *((option, option) for option in each.options)]
            label = each.label_and_services
            self.fields[f"jawab_{each.name}"] = forms.ChoiceField(label=label, choices=choices, required=False)
        self.fields["source"].required = False

    def clean_number(self):
        return self.cleaned_data["number"].strip().upper()

    def clean(self):
        data = super().clean()
        if not self.errors and not data.get("number") and not data.get("service"):
            self.add_error("number", _("Tulis nomor permohonan, atau pilih layanan di bawah."))
        return data

    @property
    def answers(self) -> dict:
        """The answers of the made-up request, without fields that the service's form does not have."""
        service = self.cleaned_data["service"]
        names = [each.name for each in self.answer_fields if service.pk in each.services]
        answers = {name: self.cleaned_data.get(f"jawab_{name}") for name in names}
        return {name: answer for name, answer in answers.items() if answer}
