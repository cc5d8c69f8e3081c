"""Verbs of the office's emblem. The one before stays stored until the next change, so that a change can be undone.

Allowed: administrators; the callers check this.
"""

from django.utils.translation import gettext as _

from ula_portal.core.files import uploads
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Office, StoredFile
from ula_portal.core.verbs.errors import Refused
from ula_portal.core.verbs.transactions import part, verb

from ..emblem import Emblem, judged_again
from ..queries import office_cache
from .office import lock_office


@verb
def set_emblem(emblem: Emblem, *, by: Actor) -> Office:
    """Show the emblem on pages, letters, slips and SOPs. The same picture again changes nothing.

    Effects: journal.
    Raises: Refused while the office has no name.
    """
    office = _locked()
    if office.emblem and _content(office.emblem) == emblem.png:
        return office
    stored = uploads.keep(emblem.png, "logo.png", "image/png")
    return _changed(office, stored, on_light=emblem.on_light, by=by)


@verb
def remove_emblem(*, by: Actor) -> Office:
    """Show the neutral picture again. Without an emblem nothing changes.

    Effects: journal.
    Raises: Refused while the office has no name.
    """
    office = _locked()
    return _changed(office, None, on_light=False, by=by) if office.emblem else office


@verb
def restore_emblem(*, by: Actor) -> Office:
    """Undo the latest change: the emblem before it and the one of now change places. Without one nothing changes.

    Effects: journal.
    Raises: Refused while the office has no name.
    """
    office = _locked()
    if office.earlier_emblem is None:
        return office
    earlier, office.earlier_emblem = office.earlier_emblem, None
    return _changed(office, earlier, on_light=judged_again(_content(earlier)).on_light, by=by)


@part
def _locked() -> Office:
    lock_office()
    office = Office.objects.select_related("emblem", "earlier_emblem").first()
    if office is None:
        raise Refused(_("Isi nama kantor terlebih dahulu."))
    return office


@part
def _changed(office: Office, emblem: StoredFile | None, *, on_light: bool, by: Actor) -> Office:
    forgotten = office.earlier_emblem
    office.earlier_emblem, office.emblem, office.emblem_on_light = office.emblem, emblem, on_light
    office.save(update_fields=["earlier_emblem", "emblem", "emblem_on_light"])
    if forgotten:
        uploads.forget(forgotten)
    office_cache.clear()
    journal.record("set_emblem" if emblem else "remove_emblem", "office", office.pk, by)
    return office


def _content(stored: StoredFile) -> bytes:
    with stored.blob.open("rb") as file:
        content: bytes = file.read()
    return content
