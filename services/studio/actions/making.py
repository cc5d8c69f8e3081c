"""The verbs that make a service: a new one, or a copy of another."""

import itertools

from django.utils.text import slugify
from django.utils.translation import gettext as _

from services.catalogue.actions.importing import COMPLAINT_HANDLING, free_slug, lock_catalogue
from services.catalogue.rules.rights import may_edit_service
from services.fields.actions.versions import begin_version, put_into_use
from services.fields.queries import current_form
from services.models import Category, Field, FormPage, Requirement, Service
from ula_portal.core.data.idempotency import Claim, claim
from ula_portal.core.journal.actions import record
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Unit
from ula_portal.core.verbs.errors import NotAllowed, Refused
from ula_portal.core.verbs.transactions import part, verb

from ..rules.naming import code_of
from .reading import read_value

# What belongs to one service alone, and is not copied.
_OWN = (
    *("id", "code", "slug", "name", "state", "unit", "order"),
    *("decree", "decree_date", "reviewed_on", "editor_note", "confidence"),
)


@verb
def add_service(*, by: Actor, name: str, kind: str, category: str, unit: Unit | None, key: str = "") -> Service:
    """Make a service as a draft. Its code and address are made from its name.

    ``category``: name of its group, which is made if the office does not have it yet.
    Allowed: administrators; section heads for units that they lead.
    Effects: journal.
    Raises: NotAllowed; Refused with ``field``.
    """
    _may_make(by, unit)
    claimed = _claimed(by, key)
    if isinstance(claimed, Service):
        return claimed
    name, kind = _name(name), read_value("kind", kind)
    group = read_value("name", category)[:100]
    if not group:
        raise Refused(_("Pilih atau tulis kelompok layanan."), field="category")
    service = Service(
        code=_free_code(name),
        slug=free_slug(name),
        name=name,
        kind=kind,
        unit=unit,
        category=_category(group),
        order=_next_order(),
    )
    if kind != Service.Kind.ELSEWHERE:
        service.complaint_handling = COMPLAINT_HANDLING
        service.channels = ["walk-in"] if kind == Service.Kind.VISIT else ["online", "walk-in"]
    service.save()
    claimed.record("service", service.pk)
    record("add_service", "service", service.pk, by)
    return service


@verb
def copy_service(service: Service, *, by: Actor, name: str, unit: Unit | None, key: str = "") -> Service:
    """Make a draft with the published contents of another service: texts, requirements, form, SOP and letter.

    Number and day of its standard's decree are left empty, because each service has its own.
    Allowed: administrators; section heads for units that they lead, from any service.
    Effects: journal.
    Raises: NotAllowed; Refused with ``field``.
    """
    _may_make(by, unit)
    claimed = _claimed(by, key)
    if isinstance(claimed, Service):
        return claimed
    name = _name(name)
    source = Service.objects.get(pk=service.pk)
    columns = [each.attname for each in Service._meta.concrete_fields if each.name not in _OWN]
    made = Service(code=_free_code(name), slug=free_slug(name), name=name, unit=unit, order=_next_order())
    for column in columns:
        setattr(made, column, getattr(source, column))
    made.save()
    _copy_rows(source, made)
    claimed.record("service", made.pk)
    record("copy_service", "service", made.pk, by, source=source.pk)
    return made


@part
def _copy_rows(source: Service, made: Service) -> None:
    requirements = list(source.requirements.filter(active=True))
    for row in requirements:
        row.pk, row.service = None, made
    Requirement.objects.bulk_create(requirements)
    form = current_form(source)
    if form is None:
        return
    version = begin_version(made)
    pages = {
        page.pk: FormPage.objects.create(version=version, order=page.order, title=page.title)
        for page in form.pages.all()
    }
    fields = list(form.fields.all())
    for field in fields:
        field.pk, field.version, field.page = None, version, pages.get(field.page_id or 0)
    Field.objects.bulk_create(fields)
    put_into_use(version)


def _may_make(by: Actor, unit: Unit | None) -> None:
    if not may_edit_service(by.staff_member, unit.pk if unit else None):
        raise NotAllowed(_("Pilih unit yang Anda pimpin. Unit lain dipilih oleh administrator."), field="unit")


def _claimed(by: Actor, key: str) -> Service | Claim:
    """The service that an earlier call with this key made, else the claimed key."""
    lock_catalogue()
    claimed = claim(by.key, key)
    return claimed.earlier(Service.objects) or claimed


def _name(name: str) -> str:
    name = read_value("name", name)
    if not name:
        raise Refused(_("Isi nama layanan."), field="name")
    if Service.objects.filter(name__iexact=name).exists():
        raise Refused(_("Layanan dengan nama ini sudah ada. Pakai nama lain."), field="name")
    return name


def _category(name: str) -> Category:
    found = Category.objects.filter(name__iexact=name).first()
    if found is None:
        slug = slugify(name)[:60] or "kelompok"
        slugs = itertools.chain([slug], (f"{slug[:55]}-{number}" for number in itertools.count(2)))
        free = next(each for each in slugs if not Category.objects.filter(slug=each).exists())
        last = Category.objects.order_by("-order").values_list("order", flat=True).first()
        found = Category.objects.create(name=name, slug=free, order=min((last or 0) + 1, 32767))
    return found


def _free_code(name: str) -> str:
    base = code_of(name)
    codes = itertools.chain([base], (f"{base}-{number}" for number in itertools.count(2)))
    return next(code for code in codes if not Service.objects.filter(code=code).exists())


def _next_order() -> int:
    last = Service.objects.order_by("-order").values_list("order", flat=True).first()
    return min((last or 0) + 10, 32767)
