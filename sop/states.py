"""The life of a version as a table: which verb leads from where to where. Who may is in ``permissions``."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Move:
    """``label``: the button; ``who``: named in a refusal."""

    before: tuple[str, ...]
    after: str
    label: str
    who: str


_VERIFIERS = _("kepala bidang/bagian dari unit penyusun, sekretaris, atau kepala dinas")
MOVES = {
    "verify": Move(("draft",), "verified", _("Verifikasi"), _VERIFIERS),
    "approve": Move(("verified",), "approved", _("Sahkan"), _("kepala dinas")),
    "return": Move(("verified",), "draft", _("Kembalikan menjadi draf"), _VERIFIERS),
    "record": Move(("draft", "verified"), "approved", _("Catat dari kertas"), _("administrator atau kepala dinas")),
    "publish": Move(("approved",), "published", _("Terbitkan"), _("administrator")),
    "withdraw": Move(("approved", "published"), "withdrawn", _("Cabut"), _("kepala dinas atau administrator")),
}
# Actors may be matched with positions as long as nobody has approved the version.
OPEN = ("draft", "verified")
# The content may be edited by hand.
EDITABLE = ("draft",)


def applies(verb: str, state: str, proposed: bool = False) -> bool:
    """Whether a verb applies; a draft that somebody proposed may be given back as it is."""
    return state in MOVES[verb].before or (verb == "return" and state == "draft" and proposed)


def verbs_from(state: str, proposed: bool = False) -> tuple[str, ...]:
    """Verbs that apply in a state, onward before back."""
    return tuple(verb for verb in MOVES if applies(verb, state, proposed))
