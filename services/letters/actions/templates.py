"""Letter templates: adding one, and the check of its placeholders."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from services.models import LetterTemplate, Service
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.errors import Refused
from ula_portal.core.verbs.transactions import verb

from .. import rules
from ..default_templates import Wording
from ..queries import known_placeholders


@verb
def add_letter_template(*, by: Actor, code: str, wording: Wording, services: Collection[str] = ()) -> LetterTemplate:
    """Add a letter template and let ``services`` (codes) use it.

    Allowed: set-up of an office only; the admin panel has its own form.
    Effects: journal.
    Raises: Refused (``field``) when the code is taken, a service does not exist, or body or subject name fields that
    the services' forms do not have.
    """
    if LetterTemplate.objects.filter(code=code).exists():
        raise Refused(_("Kode templat %(code)s sudah dipakai.") % {"code": code}, field="code")
    template = LetterTemplate.objects.create(code=code, **wording)
    found = Service.objects.filter(code__in=services).update(letter_template=template)
    if found != len(set(services)):
        raise Refused(_("Ada kode layanan yang tidak dikenal."), field="services")
    refuse_unknown(template)
    journal.record("add_letter_template", "letter_template", template.pk, by)
    return template


def refuse_unknown(template: LetterTemplate) -> None:
    """Check the placeholders of a template.

    Raises: Refused (``field``), naming an unknown placeholder and the ones that can be used.
    """
    known = known_placeholders(template)
    checks = (
        ("number_pattern", rules.unknown_placeholders(template.number_pattern, rules.NUMBER_PLACEHOLDERS), None),
        ("body", rules.unknown_placeholders(template.body, known), known),
        ("subject", [name for name in template.subject if name not in known], known),
    )
    for field, unknown, names in checks:
        if unknown:
            words = {"unknown": _braced(unknown), "known": _braced(names or rules.NUMBER_PLACEHOLDERS)}
            raise Refused(_("Tidak dikenal: %(unknown)s. Yang dapat dipakai: %(known)s.") % words, field=field)


def _braced(names: Iterable[str]) -> str:
    return ", ".join("{" if name == "{" else f"{{{name}}}" for name in names)
