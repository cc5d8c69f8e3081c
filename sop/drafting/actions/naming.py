"""Parts that find free numbers and addresses for SOPs."""

from django.db import connection
from django.utils.text import slugify

from sop.models import Sop
from ula_portal.core import clock
from ula_portal.core.data.numbering import next_number
from ula_portal.core.models import Unit
from ula_portal.core.verbs.transactions import part

NUMBER_TEMPLATE = "SOP/{sequence:03d}/{unit}/{year}"


@part
def lock_naming() -> None:
    """Let no other transaction create or rename an SOP until this one ends.

    Numbers, names and addresses are looked up before they are taken, so two transactions could take the same.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('sop-import'))")


@part
def next_free_number(unit: Unit) -> str:
    """The next number of the portal's own sequence that no SOP has."""
    year = clock.today().year
    while True:
        number = NUMBER_TEMPLATE.format(sequence=next_number("sop", year), unit=unit.code, year=year)
        if not Sop.objects.filter(number=number).exists():
            return number


def free_slug(name: str, but: Sop | None = None) -> str:
    """An address made from a name that no other SOP has. ``but``: the SOP for which it is made."""
    stem = slugify(name)[:100].strip("-") or "sop"
    others = Sop.objects.filter(slug__startswith=stem)
    others = others.exclude(pk=but.pk) if but else others
    taken = set(others.values_list("slug", flat=True))
    slug, count = stem, 1
    while slug in taken:
        count += 1
        slug = f"{stem}-{count}"
    return slug
