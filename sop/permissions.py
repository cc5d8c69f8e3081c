"""Who may do what with a version; a refusal is a sentence for the person who tried."""

from django.utils.translation import gettext as _

from ula_portal.core.models import Role
from ula_portal.core.permissions import grant, has_role, unit_ids_led_by

from .states import MOVES

READERS = (Role.ADMINISTRATOR, Role.HEAD, Role.SECTION_HEAD)
for role in READERS:
    grant(role, "sop.view_*")


def _leads_unit(user, version):
    return has_role(user, Role.HEAD) or version.sop.unit_id in unit_ids_led_by(user)


def _is_administrator_or_head(user, version=None):
    return has_role(user, Role.ADMINISTRATOR, Role.HEAD)


_MAY = {
    "verify": _leads_unit,
    "return": _leads_unit,
    "approve": lambda user, version: has_role(user, Role.HEAD),
    "publish": lambda user, version: has_role(user, Role.ADMINISTRATOR),
    "withdraw": _is_administrator_or_head,
}


def refusal(verb: str, user, version) -> str:
    """Why this person may not do the verb with this version; empty when they may. States are not judged here."""
    if not _MAY[verb](user, version):
        sentence = _("%(verb)s hanya dapat dilakukan oleh %(who)s.")
        return sentence % {"verb": MOVES[verb].label, "who": MOVES[verb].who}
    if verb == "approve" and version.author_id and version.author_id == user.pk:
        return _("Anda penyusun SOP ini. Pengesahan harus dilakukan oleh orang lain.")
    return ""


def may_confirm_actors(user, version) -> bool:
    """The author, the administrator, and whoever leads the SOP's unit."""
    own = version.author_id is not None and version.author_id == user.pk
    return own or has_role(user, Role.ADMINISTRATOR) or _leads_unit(user, version)


def may_read_drafts(user) -> bool:
    """Whether the list of versions in the admin panel opens at all."""
    return has_role(user, *READERS)


def may_import(user, unit_id=None) -> bool:
    """Administrators take in SOPs of every unit, section heads those of the units they lead (None: any at all)."""
    if has_role(user, Role.ADMINISTRATOR):
        return True
    led = unit_ids_led_by(user)
    return bool(led) if unit_id is None else unit_id in led
