"""Matches the actors of a draft with positions of the office: guessed from the name, confirmed by a user."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _

from sop.models import SopActor, SopVersion
from sop.permissions import may_confirm_actors
from sop.states import OPEN
from ula_portal.core.journal.actions import record
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Position
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from ula_portal.core.verbs.transactions import verb

_APPLICANTS = re.compile(
    r"(pemohon|tamu|pengadu|pelapor|pengunjung|masyarakat|warga|ptk|guru|tendik|tenaga kependidikan|siswa|"
    r"peserta didik|orang ?tua|wali( murid| siswa)?|pelanggan|pengguna layanan|penerima layanan|alumni)\b"
    # "Tamu (umum)" is an applicant, but "PTK Bidang Pendidikan" works in an office.
    r"(?!\s+(bidang|seksi|pembina|penggerak|inti|dinas|subbag))",
    re.IGNORECASE,
)


class ActorChoice(NamedTuple):
    """What an actor is. ``kind``: position, applicant or external; ``position_id``: only for the kind position."""

    kind: str
    position_id: int | None = None


def guess_choice(name: str, positions: Mapping[str, int]) -> ActorChoice:
    """What an actor probably is, judged by its name. ``positions``: see ``positions_by_name``."""
    position_id = positions.get(" ".join(name.lower().split()))
    if position_id:
        return ActorChoice(SopActor.Kind.POSITION, position_id)
    if _APPLICANTS.match(name):
        return ActorChoice(SopActor.Kind.APPLICANT)
    return ActorChoice(SopActor.Kind.EXTERNAL)


def positions_by_name() -> dict[str, int]:
    """The ids of the office's positions by lower-case name."""
    return {" ".join(name.lower().split()): pk for pk, name in Position.objects.values_list("pk", "name")}


@verb
def confirm_actors(version: SopVersion, *, by: Actor, mapping: Mapping[int, tuple[str, int | None]]) -> SopVersion:
    """Set what actors of an open version are, and confirm them.

    ``mapping``: ActorChoice, or a pair of kind and position id, by actor id.
    Allowed: the version's author and users who may write for the SOP's unit.
    Effects: journal.
    Raises: NotAllowed; Outdated if the version is approved; Refused for an unknown actor, kind or position.
    """
    version = SopVersion.objects.select_for_update(of=("self",)).select_related("sop").get(pk=version.pk)
    if not may_confirm_actors(by.staff_member, version):
        raise NotAllowed(_("Pelaksana hanya dapat dipastikan oleh penyusun, pimpinan unit, atau administrator."))
    if version.state not in OPEN:
        raise Outdated(_("Versi ini sudah disahkan, sehingga pelaksananya tidak dapat diubah lagi."))
    actors = {actor.pk: actor for actor in version.actors.all()}
    for actor_id, choice in mapping.items():
        _apply(actors.get(int(actor_id)), ActorChoice(*choice))
    record("actors_confirmed", "sop_version", version.pk, by, actors=sorted(int(pk) for pk in mapping))
    return version


def _apply(actor: SopActor | None, choice: ActorChoice) -> None:
    if actor is None:
        raise Refused(_("Pelaksana ini tidak ada pada versi SOP yang dibuka. Muat ulang halaman."))
    field = f"actor_{actor.pk}"
    if choice.kind not in SopActor.Kind.values:
        raise Refused(_("Pilih jenis pelaksana “%(name)s”.") % {"name": actor.name}, field=field)
    is_position, position_id = choice.kind == SopActor.Kind.POSITION, choice.position_id
    if is_position and (position_id is None or not Position.objects.filter(pk=position_id).exists()):
        raise Refused(_("Pilih jabatan untuk pelaksana “%(name)s”.") % {"name": actor.name}, field=field)
    actor.kind, actor.confirmed = choice.kind, True
    actor.position_id = position_id if is_position else None
    actor.save(update_fields=["kind", "position", "confirmed"])
