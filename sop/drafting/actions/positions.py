"""Match the actors of a draft with the office: proposed by the importer, confirmed by a person."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from sop.models import SopActor, SopVersion
from sop.permissions import may_confirm_actors
from sop.states import OPEN
from ula_portal.core.journal.actions import record
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Position, User
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

_APPLICANTS = re.compile(
    r"(pemohon|tamu|pengadu|pelapor|pengunjung|masyarakat|warga|ptk|guru|tendik|tenaga kependidikan|siswa|"
    r"peserta didik|orang ?tua|wali( murid| siswa)?|pelanggan|pengguna layanan|penerima layanan|alumni)\b"
    # "Tamu (umum)" is still the applicant; "PTK Bidang Pendidikan" works in an office.
    r"(?!\s+(bidang|seksi|pembina|penggerak|inti|dinas|subbag))",
    re.IGNORECASE,
)


class ActorChoice(NamedTuple):
    """What an actor is: ``kind`` position, applicant or external; ``position_id`` with kind position alone."""

    kind: str
    position_id: int | None = None


def propose(name: str, positions: Mapping[str, int]) -> ActorChoice:
    """What an actor seems to be by its name; ``positions``: ids by lower-cased name."""
    position_id = positions.get(" ".join(name.lower().split()))
    if position_id:
        return ActorChoice(SopActor.Kind.POSITION, position_id)
    if _APPLICANTS.match(name):
        return ActorChoice(SopActor.Kind.APPLICANT)
    return ActorChoice(SopActor.Kind.EXTERNAL)


def positions_by_name() -> dict[str, int]:
    """Ids of the office's positions by lower-cased name."""
    return {" ".join(name.lower().split()): pk for pk, name in Position.objects.values_list("pk", "name")}


@transaction.atomic
def confirm_actors(version_id: int, mapping: Mapping[int, tuple[str, int | None]], user: User) -> SopVersion:
    """Say what actors of an open version are; each one named counts as confirmed.

    ``mapping``: actor id → ActorChoice (or a pair of kind and position id). Who may: the author, an administrator,
    whoever leads the unit. Raises NotAllowed, Outdated once the version is approved, Refused for an unknown actor,
    kind or position; then nothing is changed.
    """
    version = SopVersion.objects.select_for_update(of=("self",)).select_related("sop").get(pk=version_id)
    if not may_confirm_actors(user, version):
        raise NotAllowed(_("Pelaksana hanya dapat dipastikan oleh penyusun, pimpinan unit, atau administrator."))
    if version.state not in OPEN:
        raise Outdated(_("Versi ini sudah disahkan, sehingga pelaksananya tidak dapat diubah lagi."))
    actors = {actor.pk: actor for actor in version.actors.all()}
    for actor_id, choice in mapping.items():
        _apply(actors.get(int(actor_id)), ActorChoice(*choice))
    record("actors_confirmed", "sop_version", version.pk, staff(user), actors=sorted(int(pk) for pk in mapping))
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
