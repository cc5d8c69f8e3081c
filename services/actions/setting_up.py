"""What an office sets up before requests can run: templates, ready words, routing rules.

Administrators and set-up only.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from ula_portal.core.actions import journal
from ula_portal.core.actors import SYSTEM
from ula_portal.core.errors import Refused

from .. import message_words
from ..models import LetterTemplate, MessageTemplate, ReadyReason, RoutingRule, Service
from .routing_rules import place_last, recorded


@transaction.atomic
def add_letter_template(
    code, *, name, title, classification, body, services=(), actor=SYSTEM, **more
) -> LetterTemplate:
    """Add a letter template and let ``services`` (codes) use it.

    ``more``: ``number_pattern``, ``is_refusal``. Raises Refused when the code is taken or a service does not exist.
    """
    if LetterTemplate.objects.filter(code=code).exists():
        raise Refused(_("Kode templat %(code)s sudah dipakai.") % {"code": code}, field="code")
    template = LetterTemplate.objects.create(
        code=code, name=name, title=title, classification=classification, body=body, **more
    )
    found = Service.objects.filter(code__in=services).update(letter_template=template)
    if found != len(set(services)):
        raise Refused(_("Ada kode layanan yang tidak dikenal."), field="services")
    journal.record("add_letter_template", "letter_template", template.pk, actor)
    return template


@transaction.atomic
def add_routing_rule(*, position=None, user=None, automatic=False, actor=SYSTEM, **conditions) -> RoutingRule:
    """Add a rule at the end of the list: first match wins.

    Either ``position`` or ``user`` is the target; ``conditions``: ``service``, ``unit``, ``source``, ``answers``. An
    automatic rule sets the official at once, others suggest. Raises Refused without exactly one target.
    """
    if (position is None) == (user is None):
        raise Refused(_("Pilih jabatan atau petugas tujuan, salah satu saja."), field="position")
    rule = RoutingRule(position=position, user=user, automatic=automatic, **conditions)
    place_last(rule)
    rule.save()
    journal.record("add_routing_rule", "routing_rule", rule.pk, actor, **recorded(rule))
    return rule


@transaction.atomic
def ensure_ready_words() -> None:
    """Put the reasons and message templates that every office begins with into empty lists; others are left alone."""
    if not ReadyReason.objects.exists():
        for place, text in enumerate(message_words.REASONS, 1):
            ReadyReason.objects.create(text=text, order=10 * place)
    if not MessageTemplate.objects.exists():
        for title, text in message_words.TEMPLATES:
            MessageTemplate.objects.create(title=title, text=text)
