"""Verbs on the actors of a draft: the columns of its table."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from sop.exchange.json import MAX_ACTORS
from sop.models import SopActor, SopVersion
from ula_portal.core.data.field_changes import Values
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Position
from ula_portal.core.verbs.errors import Outdated, Refused
from ula_portal.core.verbs.transactions import verb

from ..queries.editing import actor_values
from .draft import add_once, changes, open_draft, touch
from .fields import clean_text, whole_number
from .positions import ActorChoice, guess_choice, positions_by_name

Kind = SopActor.Kind
NAME_LENGTH = 200


@verb
def add_actor(
    version: SopVersion, *, by: Actor, name: str, kind: str, position_id: int | str | None = None, key: str = ""
) -> SopActor:
    """Add a column on the right and return it.

    If ``kind`` is empty, it is guessed from the name and has to be confirmed later. The applicant, external agencies
    and positions with a ``position_id`` count as confirmed. The same ``key`` returns the same column.
    Allowed: users who may write for the SOP's unit.
    Effects: a change of the draft, see ``touch``.
    Raises: NotAllowed; Outdated if the version is not a draft; Refused for a name that is missing, taken or too long,
    and if there are 30 columns already.
    """
    version = open_draft(version, by=by)
    add = partial(_add, version, by, name, kind, position_id)
    return add_once(by, key=key, kind="sop_actor", find=partial(_actor_of, version), add=add)


def _add(version: SopVersion, by: Actor, name: str, kind: str, position_id: int | str | None) -> SopActor:
    actors = list(version.actors.order_by("order"))
    refuse_more_actors(len(actors) + 1)
    actor = SopActor(version=version, order=max((other.order for other in actors), default=0) + 1)
    actor.name = _name(_read("name", name), actors)
    _decide(actor, _read("kind", kind), _read("position_id", position_id))
    actor.save()
    touch(version, "sop_actor_added", by=by, column=actor.pk)
    return actor


@verb
def save_actor(column: SopActor, *, by: Actor, fields: Values, was: Values) -> SopActor:
    """Write the fields of a column that the user changed since the form was opened.

    ``fields`` and ``was``: new values, and values when the form was opened, as in ``queries.editing.actor_values``.
    Allowed: users who may write for the SOP's unit.
    Effects: a change of the draft, see ``touch``; none if no value differs.
    Raises: EditedMeanwhile, NotAllowed, Outdated, Refused.
    """
    version, actor = _open_actor(column, by)
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
    touch(version, "sop_actor_saved", by=by, column=actor.pk)
    return actor


@verb
def move_actor(column: SopActor, *, by: Actor, to_order: int) -> SopActor:
    """Move a column to another place, counted from 1 on the left.

    Allowed: users who may write for the SOP's unit.
    Effects: a change of the draft, see ``touch``; none if the column is there already.
    Raises: NotAllowed, Outdated.
    """
    version, actor = _open_actor(column, by)
    actors = list(version.actors.order_by("order"))
    order = [other for other in actors if other.pk != actor.pk]
    order.insert(max(int(to_order), 1) - 1, actor)
    if [other.pk for other in order] != [other.pk for other in actors]:
        _renumber(order)
        touch(version, "sop_actor_moved", by=by, column=actor.pk)
    return actor


@verb
def remove_actor(column: SopActor, *, by: Actor) -> None:
    """Remove a column.

    Allowed: users who may write for the SOP's unit.
    Effects: a change of the draft, see ``touch``.
    Raises: NotAllowed; Outdated; Refused if the actor acts in steps, which the sentence names.
    """
    version, actor = _open_actor(column, by)
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
    touch(version, "sop_actor_removed", by=by, column=pk)


def refuse_more_actors(count: int) -> None:
    """Raise Refused if a draft would get too many columns."""
    if count > MAX_ACTORS:
        sentence = _("Satu SOP paling banyak memuat %(limit)s pelaksana. Gabungkan yang sama pekerjaannya.")
        raise Refused(sentence % {"limit": MAX_ACTORS})


def same_name(name: str) -> str:
    """A name in the form in which names are compared: "Kepala  Dinas" and "kepala dinas" are the same column."""
    return " ".join(name.casefold().split())


def _open_actor(column: SopActor, by: Actor) -> tuple[SopVersion, SopActor]:
    """The draft, locked, and the column as it is now. Raises as ``open_draft``, and Outdated if it was removed."""
    version = open_draft(column.version, by=by)
    return version, _actor_of(version, column.pk)


def _actor_of(version: SopVersion, pk: int) -> SopActor:
    actor = version.actors.filter(pk=pk).first()
    if actor is None:
        raise Outdated(_("Pelaksana ini sudah dihapus dari draf. Muat ulang halaman."))
    return actor


def _read(name: str, value: Any) -> Any:
    if name == "name":
        return clean_text(name, value, NAME_LENGTH)
    if name == "position_id":
        return whole_number(name, value)
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
    """Set what an actor is. A position that is not matched with one of the office's has to be confirmed later."""
    if not kind:
        choice, actor.confirmed = guess_choice(actor.name, positions_by_name()), False
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
