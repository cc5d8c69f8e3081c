"""Legal moves of an SOP's version and of a proposed correction. Who may make them: ``sop.permissions``."""

from django.utils.translation import gettext_lazy as _

from ula_portal.core.verbs.moves import Move, Moves

_VERIFIERS = _("kepala bidang/bagian dari unit penyusun, sekretaris, atau kepala dinas")
VERSION = Moves(
    "sop_sopversion",
    Move("verify", ("draft",), "verified", label=_("Verifikasi"), who=_VERIFIERS),
    Move("approve", ("verified",), "approved", label=_("Sahkan"), who=_("kepala dinas")),
    # A draft that somebody proposed may be given back as it is: ``applies``.
    Move("return", ("verified",), "draft", label=_("Kembalikan menjadi draf"), who=_VERIFIERS),
    Move(
        "record",
        ("draft", "verified"),
        "approved",
        label=_("Catat dari kertas"),
        who=_("administrator atau kepala dinas"),
    ),
    Move("publish", ("approved",), "published", label=_("Terbitkan"), who=_("administrator")),
    Move(
        "withdraw", ("approved", "published"), "withdrawn", label=_("Cabut"), who=_("kepala dinas atau administrator")
    ),
    # A file takes its place; no button of the version's page.
    Move("replace", ("draft", "verified"), "draft"),
)
# Verbs of a version's page.
VERBS = tuple(move.verb for move in VERSION.moves if move.label)
# Actors may be matched with positions as long as nobody has approved the version.
OPEN = ("draft", "verified")
# The content may be edited by hand.
EDITABLE = ("draft",)

CORRECTION = Moves(
    "sop_correction",
    Move("take", ("open",), "taken"),
    Move("decline", ("open",), "declined"),
    Move("withdraw", ("open",), "withdrawn"),
)


def applies(verb: str, state: str, proposed: bool = False) -> bool:
    """Whether a verb applies; a draft that somebody proposed may be given back as it is."""
    return VERSION.applies(verb, state) or (verb == "return" and state == "draft" and proposed)


def verbs_from(state: str, proposed: bool = False) -> tuple[str, ...]:
    """Verbs of the version's page that apply in a state, onward before back."""
    return tuple(verb for verb in VERBS if applies(verb, state, proposed))
