"""The verb that gives a service a letter template of its own."""

import itertools

from django.utils.text import slugify
from django.utils.translation import gettext as _

from services.letters import default_templates
from services.models import LetterTemplate, Service
from ula_portal.core.data.idempotency import claim
from ula_portal.core.journal.actions import record
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.errors import Refused
from ula_portal.core.verbs.transactions import verb

from ..queries.editing import current_values
from ..queries.facts import template_of
from .draft import open_service, write
from .reading import read_value


@verb
def make_letter_template(service: Service, *, by: Actor, name: str, key: str = "") -> Service:
    """Make a letter template for a service, with the text of the one it uses now, and choose it.

    Allowed: administrators; section heads for services of their unit.
    Effects: the new template is one change of the service, see ``draft.write``; journal of both.
    Raises: NotAllowed; Refused with ``field`` for an empty name or one that another template has.
    """
    service = open_service(service, by=by)
    claimed = claim(by.key, key)
    if claimed.earlier_id:
        return service
    name = read_value("name", name)[:150]
    if not name:
        raise Refused(_("Isi nama templat."), field="name")
    if LetterTemplate.objects.filter(name__iexact=name).exists():
        raise Refused(_("Templat dengan nama ini sudah ada. Pakai nama lain."), field="name")
    before = current_values(service)
    source = template_of(service) or LetterTemplate(**dict(default_templates.DEFAULTS)[default_templates.GENERAL])
    template = LetterTemplate.objects.create(
        code=_free_code(name),
        name=name,
        title=source.title,
        classification=source.classification,
        number_pattern=source.number_pattern,
        body=source.body,
        subject=source.subject,
    )
    claimed.record("letter_template", template.pk)
    write(service, {"letter_template_id": template.pk}, before, verb="save_service", by=by)
    record("add_letter_template", "letter_template", template.pk, by)
    return service


def _free_code(name: str) -> str:
    base = slugify(name)[:50] or "templat"
    codes = itertools.chain([base], (f"{base}-{number}" for number in itertools.count(2)))
    return next(code for code in codes if not LetterTemplate.objects.filter(code=code).exists())
