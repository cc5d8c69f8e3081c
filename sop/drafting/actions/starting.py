"""Verbs that start a draft: that of a new SOP, or the revision of an existing one."""

from collections.abc import Callable

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sop.exchange import json as exchange
from sop.exchange.export import content_of
from sop.models import Sop, SopVersion
from sop.permissions import may_start
from sop.rules.queries.validity import version_to_export
from sop.states import OPEN
from ula_portal.core import clock
from ula_portal.core.data.idempotency import Claim, claim
from ula_portal.core.journal.actions import record
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from ula_portal.core.verbs.transactions import verb

from .content import fill_identity, known_actors, write_flow
from .editors import note_editor
from .fields import clean_text, whole_number
from .identity import NAME_LENGTH, NUMBER_LENGTH, chosen_unit, refuse_number
from .naming import free_slug, lock_naming, next_free_number


@verb
def start_sop(*, by: Actor, name: str, unit_id: int | str | None, number: str = "", key: str = "") -> SopVersion:
    """Create an SOP with an empty draft and return the draft.

    Without a number, it gets one from the portal's own sequence. The same ``key`` returns the same draft.
    Allowed: users who may write for the unit.
    Effects: the user becomes the author, who may neither verify nor approve the version; journal.
    Raises: NotAllowed; Refused with ``field`` for an invalid name, number or unit.
    """
    lock_naming()
    earlier = claim(by.key, key)
    if earlier.earlier_id:
        return _earlier(earlier.earlier_id)
    name, number = clean_text("name", name, NAME_LENGTH), clean_text("number", number, NUMBER_LENGTH)
    unit = chosen_unit(whole_number("unit_id", unit_id))
    if not may_start(by.staff_member, unit.pk):
        raise NotAllowed(_("Anda tidak dapat menyusun SOP untuk unit ini. Pilih unit Anda sendiri."), field="unit_id")
    if not name:
        raise Refused(_("Isi nama SOP."), field="name")
    if number:
        refuse_number(number)
    sop = Sop.objects.create(
        number=number or next_free_number(unit),
        name=name,
        slug=free_slug(name),
        unit=unit,
        number_is_generated=not number,
    )
    version = SopVersion(sop=sop, ordinal=1, name=name)
    return _started(version, by, earlier, "sop_started")


@verb
def start_revision(sop: Sop, *, by: Actor, key: str = "") -> SopVersion:
    """Start a new version of an SOP as a copy of the one in force, or else of the newest. Returns the draft.

    The same ``key`` returns the same draft.
    Allowed: users who may write for the SOP's unit.
    Effects: the user becomes the author, who may neither verify nor approve the version; journal.
    Raises: NotAllowed; Outdated if the SOP is gone; Refused if the SOP has an open draft, naming who edits it.
    """
    locked = Sop.objects.select_for_update().filter(pk=sop.pk).first()
    earlier = claim(by.key, key)
    if earlier.earlier_id:
        return _earlier(earlier.earlier_id)
    if locked is None:
        raise Outdated(_("SOP ini tidak ada lagi. Muat ulang daftar SOP."))
    sop = locked
    if not may_start(by.staff_member, sop.unit_id):
        raise NotAllowed(_("SOP unit ini hanya dapat direvisi oleh penyusun SOP, pimpinan unit, atau administrator."))
    opened = sop.versions.filter(state__in=OPEN).select_related("edited_by", "author").first()
    if opened:
        raise Refused(_already_open(opened))
    model, last = version_to_export(sop), sop.versions.order_by("-ordinal").first()
    if model is None or last is None:
        raise Refused(_("SOP ini belum mempunyai versi yang dapat direvisi."))
    content = exchange.normal(content_of(model))
    version = SopVersion(sop=sop, ordinal=last.ordinal + 1, revised_on=clock.today())
    fill_identity(version, content)
    # Until somebody edits it, its content is the same as that of the version before.
    version.content_hash = model.content_hash
    return _started(
        version, by, earlier, "sop_revision_started", lambda: write_flow(version, content, known_actors(model))
    )


def _started(
    version: SopVersion, by: Actor, earlier: Claim, entry: str, write: Callable[[], object] = lambda: None
) -> SopVersion:
    version.author = version.edited_by = by.staff_member
    version.edited_at = clock.now()
    version.save()
    note_editor(version, by=by)
    write()
    record(entry, "sop_version", version.pk, by, sop=version.sop_id)
    earlier.record("sop_version", version.pk)
    return version


def _earlier(version_id: str) -> SopVersion:
    return SopVersion.objects.select_related("sop", "sop__unit").get(pk=version_id)


def _already_open(version: SopVersion) -> str:
    person, moment = version.edited_by or version.author, version.edited_at
    if person and moment:
        sentence = _(
            "Versi %(ordinal)s sudah sedang disusun oleh %(name)s, terakhir diubah %(at)s. Lanjutkan draf itu."
        )
        at = date_format(clock.local(moment), "j F Y, H.i")
        return sentence % {"ordinal": version.ordinal, "name": person.full_name, "at": at}
    sentence = _("SOP ini sudah mempunyai draf versi %(ordinal)s. Lanjutkan draf itu.")
    return sentence % {"ordinal": version.ordinal}
