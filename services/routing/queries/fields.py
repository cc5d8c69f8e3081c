"""The form fields that a routing rule can check, and a rule's conditions in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from services.models import Field, Request, RoutingRule


@dataclass(frozen=True)
class AnswerField:
    """A choice field of the forms in use. ``services``: id → name of the services whose forms have it."""

    name: str
    label: str
    options: tuple[str, ...]
    services: dict[int, str] = field(hash=False)

    @property
    def label_and_services(self) -> str:
        """The label with the services, because different fields may share a label: “Jenjang (Tugas belajar)”."""
        if len(self.services) > 3:
            return _("%(label)s (%(n)d layanan)") % {"label": self.label, "n": len(self.services)}
        return f"{self.label} ({', '.join(self.services.values())})"


def answer_fields() -> dict[str, AnswerField]:
    """The fields by name, those of single services first. Fields of the same name are merged. One query."""
    rows = Field.objects.filter(version__is_current=True, rules__has_key="options").order_by("is_common", "label", "pk")
    columns = ("name", "label", "rules", "version__service_id", "version__service__name")
    found: dict[str, AnswerField] = {}
    for name, label, rules, service_id, service in rows.values_list(*columns):
        known = found.get(name) or AnswerField(name, label, (), {})
        options = dict.fromkeys([*known.options, *map(str, rules["options"])])
        found[name] = AnswerField(name, known.label, tuple(options), {**known.services, service_id: service})
    return found


def condition_words(rule: RoutingRule, fields: Mapping[str, AnswerField]) -> list[str]:
    """A rule's conditions, each as a phrase; empty for a rule that takes every request.

    ``fields``: from ``answer_fields``. A field that no form has any more is shown by its name.
    """
    words = []
    if rule.service:
        words.append(_("layanan %(name)s") % {"name": rule.service.name})
    if rule.unit:
        words.append(_("unit %(name)s") % {"name": rule.unit.name})
    if rule.source:
        words.append(_("asal: %(source)s") % {"source": Request.Source(rule.source).label.lower()})
    for name, wanted in rule.answers.items():
        label = fields[name].label if name in fields else name
        wanted = wanted if isinstance(wanted, list) else [wanted]
        words.append(f"{label}: {_(' atau ').join(map(str, wanted))}")
    return words
