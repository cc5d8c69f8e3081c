"""Who may do what with a version. A refusal is a sentence for the user who tried."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ula_portal.core.models import Role, User
from ula_portal.core.office.permissions import is_secretary
from ula_portal.core.permissions import (
    AnyUser,
    grant,
    has_role,
    section_heads_by_unit,
    unit_ids_drafted_by,
    unit_ids_led_by,
)

from .models import SopVersion
from .states import EDITABLE, OPEN, VERSION

READERS = (Role.ADMINISTRATOR, Role.HEAD, Role.SECTION_HEAD)
for role in READERS:
    grant(role, "sop.view_*")


def wrote(user: AnyUser, version: SopVersion) -> bool:
    """Whether a user wrote or edited a version and therefore may neither verify nor approve it."""
    return user.pk in editor_ids(version)


def editor_ids(version: SopVersion) -> set[int]:
    """Ids of the users who wrote or edited a version. Takes one query."""
    ids = set(version.editors.values_list("user_id", flat=True))
    return ids if version.author_id is None else ids | {version.author_id}


def _leads_unit(user: AnyUser, version: SopVersion) -> bool:
    if has_role(user, Role.HEAD) or version.sop.unit_id in unit_ids_led_by(user):
        return True
    return isinstance(user, User) and is_secretary(user) and falls_to_secretary(version)


def falls_to_secretary(version: SopVersion) -> bool:
    """Whether the secretary verifies a version.

    That is the case if every section head of its unit, or of a unit above, took part in writing it.
    """
    return section_heads_by_unit().get(version.sop.unit_id, set()) <= editor_ids(version)


def _is_administrator_or_head(user: AnyUser, version: SopVersion) -> bool:
    return has_role(user, Role.ADMINISTRATOR, Role.HEAD)


_MAY: dict[str, Callable[[AnyUser, SopVersion], bool]] = {
    "verify": _leads_unit,
    "return": _leads_unit,
    "approve": lambda user, version: has_role(user, Role.HEAD),
    "record": _is_administrator_or_head,
    "publish": lambda user, version: has_role(user, Role.ADMINISTRATOR),
    "withdraw": _is_administrator_or_head,
}


def refusal(verb: str, user: AnyUser, version: SopVersion) -> str:
    """Why a user may not use a verb on a version, as a sentence; empty if they may. The state is not checked here."""
    if not _MAY[verb](user, version):
        sentence = _("%(verb)s hanya dapat dilakukan oleh %(who)s.")
        return sentence % {"verb": VERSION[verb].label, "who": VERSION[verb].who}
    if verb in ("verify", "approve") and wrote(user, version):
        return str(_WROTE[verb])
    return ""


_WROTE = {
    "verify": gettext_lazy("Anda ikut menyusun SOP ini. Orang lain yang memverifikasinya."),
    "approve": gettext_lazy("Anda ikut menyusun SOP ini. Orang lain yang mengesahkannya."),
}


def loses_approval(user: AnyUser, version: SopVersion | None = None) -> bool:
    """Whether a user would lose the right to approve a version by editing it.

    This concerns a head of office who has not edited the version yet. Without a version, the question is about
    starting a new one.
    """
    return has_role(user, Role.HEAD) and (version is None or not wrote(user, version))


def may_correct(user: AnyUser, version: SopVersion) -> bool:
    """Whether a user may propose corrections to an open version: those who may verify or approve it."""
    return version.state in OPEN and _leads_unit(user, version) and not wrote(user, version)


def may_confirm_actors(user: AnyUser, version: SopVersion) -> bool:
    """Whether a user may match a version's actors with positions: its author and all who write for its unit."""
    own = version.author_id is not None and version.author_id == user.pk
    return own or may_write_for(user, version.sop.unit_id)


def may_read_drafts(user: AnyUser) -> bool:
    """Whether a user may open the list of versions in the admin panel."""
    return has_role(user, *READERS)


def may_import(user: AnyUser, unit_id: int | None = None) -> bool:
    """Whether a user may import SOPs of a unit, or of any unit at all if ``unit_id`` is None.

    Administrators import for every unit, section heads and drafters for their own units.
    """
    if has_role(user, Role.ADMINISTRATOR):
        return True
    own = unit_ids_written_by(user)
    return bool(own) if unit_id is None else unit_id in own


def writes_everywhere(user: AnyUser) -> bool:
    """Whether a user may write the SOPs of every unit."""
    return has_role(user, Role.ADMINISTRATOR, Role.HEAD)


def unit_ids_written_by(user: AnyUser) -> set[int]:
    """Ids of the units whose SOPs a section head or drafter may write, including sub-units; empty for other users."""
    return unit_ids_led_by(user) | unit_ids_drafted_by(user)


def may_write_for(user: AnyUser, unit_id: int) -> bool:
    """Whether a user may write SOPs of a unit: administrators, the head of office, its section heads and drafters."""
    return writes_everywhere(user) or unit_id in unit_ids_written_by(user)


def may_edit(user: AnyUser, version: SopVersion) -> bool:
    """Whether a user may edit the content of a version: it is a draft, and they may write for its unit."""
    return version.state in EDITABLE and may_write_for(user, version.sop.unit_id)


def may_propose(user: AnyUser, version: SopVersion) -> bool:
    """Whether a user may request the verification of a version: those who may edit it."""
    return may_edit(user, version)


def may_start(user: AnyUser, unit_id: int | None = None) -> bool:
    """Whether a user may start an SOP or a revision for a unit, or for any unit at all if ``unit_id`` is None."""
    if unit_id is None:
        return writes_everywhere(user) or bool(unit_ids_written_by(user))
    return may_write_for(user, unit_id)
