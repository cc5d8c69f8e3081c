"""Columns of a draft: who acts."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from sop.exchange.json import MAX_ACTORS
from sop.models import SopActor, SopVersion
from ula_portal.core.models import Position, User
from ula_portal.core.verbs.errors import Outdated, Refused

from ..queries.editing import Values, actor_values
from .draft import add_once, changes, open_draft, touch
from .fields import text, whole
from .positions import ActorChoice, positions_by_name, propose

Kind = SopActor.Kind
NAME_LENGTH = 200


@transaction.atomic
def add_actor(
    version_id: int, user: User, *, name: str, kind: str, position_id: int | str | None = None, key: str = ""
) -> SopActor:
    """Add a column at the right. An empty ``kind`` is proposed by the name and left to be confirmed.

    A position with ``position_id``, the applicant and an external agency count as confirmed. The same key gives the
    same column. Raises NotAllowed, Outdated, Refused for a name that is missing, taken or too long and beyond 30.
    """
    version = open_draft(version_id, user)
    return add_once(user, key, "sop_actor", _open_actor, lambda: _add(version, user, name, kind, position_id))


def _add(version: SopVersion, user: User, name: str, kind: str, position_id: int | str | None) -> SopActor:
    actors = list(version.actors.order_by("order"))
    refuse_more_actors(len(actors) + 1)
    actor = SopActor(version=version, order=max((other.order for other in actors), default=0) + 1)
    actor.name = _name(_read("name", name), actors)
    _decide(actor, _read("kind", kind), _read("position_id", position_id))
    actor.save()
    touch(version, user, "sop_actor_added", column=actor.pk)
    return actor


@transaction.atomic
def save_actor(actor_id: int, user: User, fields: Values, was: Values) -> SopActor:
    """Write what the person changed of a column (name, kind, position_id); see
    ``drafting.queries.editing.actor_values``.

    Raises EditedMeanwhile, NotAllowed, Outdated, Refused; then nothing is written.
    """
    version, actor = _open_actor(actor_id, user)
    wanted = changes(version, actor_values(actor), fields, was, _read, {"column": actor.pk})
    if not wanted:
        return actor
    if "name" in wanted:
        actor.name = _name(wanted["name"], version.actors.exclude(pk=actor.pk))
    if "kind" in wanted or "position_id" in wanted:
        _decide(actor, wanted.get("kind", actor.kind), wanted.get("position_id", actor.position_id))
    elif not actor.confirmed:
        _decide(actor, "", None)
    actor.save()
    touch(version, user, "sop_actor_saved", column=actor.pk)
    return actor


@transaction.atomic
def move_actor(actor_id: int, user: User, to_order: int) -> SopActor:
    """Give a column another place, counted from 1 at the left. Raises NotAllowed, Outdated."""
    version, actor = _open_actor(actor_id, user)
    actors = list(version.actors.order_by("order"))
    order = [other for other in actors if other.pk != actor.pk]
    order.insert(max(int(to_order), 1) - 1, actor)
    if [other.pk for other in order] != [other.pk for other in actors]:
        _renumber(order)
        touch(version, user, "sop_actor_moved", column=actor.pk)
    return actor


@transaction.atomic
def remove_actor(actor_id: int, user: User) -> None:
    """Remove a column that acts in no step. Raises NotAllowed, Outdated, Refused naming the steps it acts in."""
    version, actor = _open_actor(actor_id, user)
    numbers = list(actor.steps.order_by("no").values_list("no", flat=True))
    if numbers:
        sentence = _(
            "Pelaksana “%(name)s” masih mengerjakan langkah %(steps)s. "
            "Pilih pelaksana lain di langkah itu lebih dahulu."
        )
        raise Refused(sentence % {"name": actor.name, "steps": ", ".join(map(str, numbers))})
    pk = actor.pk
    actor.delete()
    _renumber(list(version.actors.order_by("order")))
    touch(version, user, "sop_actor_removed", column=pk)


def refuse_more_actors(count: int) -> None:
    """Raise Refused when a draft would have too many columns."""
    if count > MAX_ACTORS:
        sentence = _("Satu SOP paling banyak memuat %(limit)s pelaksana. Gabungkan yang sama pekerjaannya.")
        raise Refused(sentence % {"limit": MAX_ACTORS})


def same_name(name: str) -> str:
    """A name as it is compared: "Kepala  Dinas" and "kepala dinas" are one column."""
    return " ".join(name.casefold().split())


def _open_actor(actor_id: int, user: User) -> tuple[SopVersion, SopActor]:
    gone = Outdated(_("Pelaksana ini sudah dihapus dari draf. Muat ulang halaman."))
    version_id = SopActor.objects.filter(pk=actor_id).values_list("version_id", flat=True).first()
    if version_id is None:
        raise gone
    version = open_draft(version_id, user)
    actor = version.actors.filter(pk=actor_id).first()
    if actor is None:
        raise gone
    return version, actor


def _read(name: str, value: Any) -> Any:
    if name == "name":
        return text(name, value, NAME_LENGTH)
    if name == "position_id":
        return whole(name, value)
    if value and value not in Kind.values:
        raise Refused(_("Pilih jenis pelaksana."), field=name)
    return str(value or "")


def _name(name: str, others: Iterable[SopActor]) -> str:
    if not name:
        raise Refused(_("Isi nama pelaksana."), field="name")
    if any(same_name(other.name) == same_name(name) for other in others):
        sentence = _("Pelaksana “%(name)s” sudah ada dalam SOP ini. Gunakan kolom yang sudah ada.")
        raise Refused(sentence % {"name": name}, field="name")
    return name


def _decide(actor: SopActor, kind: str, position_id: int | None) -> None:
    """Say what an actor is; a position without one of the office's positions stays to be confirmed."""
    if not kind:
        choice, actor.confirmed = propose(actor.name, positions_by_name()), False
    else:
        choice = ActorChoice(kind, position_id if kind == Kind.POSITION else None)
        actor.confirmed = kind != Kind.POSITION or position_id is not None
    if choice.position_id and not Position.objects.filter(pk=choice.position_id).exists():
        raise Refused(_("Jabatan yang dipilih tidak ada lagi. Pilih jabatan lain."), field="position_id")
    actor.kind, actor.position_id = choice


def _renumber(actors: Sequence[SopActor]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            'UPDATE sop_actor SET "order" = place FROM unnest(%s::bigint[]) WITH ORDINALITY AS wanted(id, place)'
            ' WHERE sop_actor.id = wanted.id AND "order" <> place',
            [[actor.pk for actor in actors]],
        )
    for order, actor in enumerate(actors, 1):
        actor.order = order
