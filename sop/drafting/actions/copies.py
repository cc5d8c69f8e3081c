"""Copies of a whole draft, which are kept before it is replaced and can be restored."""

from django.utils.translation import gettext as _

from sop.exchange import json as exchange
from sop.exchange.export import content_of
from sop.models import DraftCopy, SopVersion
from ula_portal.core import clock
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.errors import Outdated
from ula_portal.core.verbs.transactions import part, verb

from .content import KnownActor, fill_identity, known_actors, write_flow
from .draft import open_draft, touch
from .positions import ActorChoice


@part
def keep_copy(version: SopVersion, before: str, *, by: Actor) -> DraftCopy | None:
    """Store a copy of the draft's content; None if the draft is empty. ``before``: paste, import or restore."""
    content = content_of(version)
    if not content["steps"] and not content["actors"]:
        return None
    # A file does not contain what the actors are. It is copied too, so that nobody has to confirm it again.
    content["known"] = {name: [*known.choice, known.confirmed] for name, known in known_actors(version).items()}
    made_at = clock.now()
    return DraftCopy.objects.create(version=version, content=content, before=before, made_by=by.user, made_at=made_at)


@verb
def restore_copy(copy: DraftCopy, *, by: Actor) -> SopVersion:
    """Replace the content of a draft with a copy; the SOP's number and unit stay as they are.

    Allowed: users who may write for the SOP's unit.
    Effects: a change of the draft, see ``touch``; its content until now is kept as a copy.
    Raises: NotAllowed; Outdated if the version is not a draft or the copy is gone.
    """
    version = open_draft(copy.version, by=by)
    found = version.copies.filter(pk=copy.pk).first()
    if found is None:
        raise Outdated(_("Salinan ini tidak ada lagi. Muat ulang halaman."))
    copy = found
    content = exchange.normal(copy.content)
    known = {
        name: KnownActor(ActorChoice(kind, position_id), confirmed)
        for name, (kind, position_id, confirmed) in copy.content.get("known", {}).items()
    }
    keep_copy(version, "restore", by=by)
    fill_identity(version, content)
    write_flow(version, content, known)
    version.save()
    return touch(version, "sop_copy_restored", by=by, copy=copy.pk)
