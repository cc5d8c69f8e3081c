"""Copies of a whole draft: kept before something replaces it, and put back."""

from django.db import transaction
from django.utils.translation import gettext as _

from sop.exchange import json as exchange
from sop.exchange.export import content_of
from sop.models import DraftCopy, SopVersion
from ula_portal.core import clock
from ula_portal.core.models import User
from ula_portal.core.verbs.errors import Outdated

from .content import KnownActor, fill, known_actors, write_flow
from .draft import open_draft, touch
from .positions import ActorChoice


def keep_copy(version: SopVersion, before: str, user: User | None) -> DraftCopy | None:
    """Keep the draft's content; ``before``: paste, import or restore. Nothing is kept of an empty draft."""
    content = content_of(version)
    if not content["steps"] and not content["actors"]:
        return None
    # Beside what the file holds: what the actors are, so that nobody has to say it again.
    content["known"] = {name: [*known.choice, known.confirmed] for name, known in known_actors(version).items()}
    return DraftCopy.objects.create(version=version, content=content, before=before, made_by=user, made_at=clock.now())


@transaction.atomic
def restore_copy(copy_id: int, user: User) -> SopVersion:
    """Put a kept copy back in the place of the draft, which is kept as a copy itself; number and unit stay.

    Raises NotAllowed, Outdated once the version is no draft.
    """
    version_id = DraftCopy.objects.filter(pk=copy_id).values_list("version_id", flat=True).first()
    if version_id is None:
        raise Outdated(_("Salinan ini tidak ada lagi. Muat ulang halaman."))
    version = open_draft(version_id, user)
    copy = DraftCopy.objects.get(pk=copy_id)
    content = exchange.normal(copy.content)
    known = {
        name: KnownActor(ActorChoice(kind, position_id), confirmed)
        for name, (kind, position_id, confirmed) in copy.content.get("known", {}).items()
    }
    keep_copy(version, "restore", user)
    fill(version, content)
    write_flow(version, content, known)
    version.save()
    return touch(version, user, "sop_copy_restored", copy=copy.pk)
