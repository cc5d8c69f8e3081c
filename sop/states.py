"""The legal moves of an SOP version and of a proposed correction. ``sop.permissions`` says who may make them."""

from django.utils.translation import gettext_lazy as _

from ula_portal.core.verbs.moves import Move, Moves

_VERIFIERS = _("kepala bidang/bagian dari unit penyusun, sekretaris, atau kepala dinas")
VERSION = Moves(
    "sop_sopversion",
    Move("verify", ("draft",), "verified", label=_("Verifikasi"), who=_VERIFIERS),
    Move("approve", ("verified",), "approved", label=_("Sahkan"), who=_("kepala dinas")),
    # A proposed draft can also be returned, although its state stays "draft"; see ``applies``.
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
    # An imported file replaces the draft. There is no button for this on the version's page.
    Move("replace", ("draft", "verified"), "draft"),
)
# The verbs with a button on the version's page.
VERBS = tuple(move.verb for move in VERSION.moves if move.label)
# Actors can be matched with positions until the version is approved.
OPEN = ("draft", "verified")
# The content can be edited by hand in these states.
EDITABLE = ("draft",)

CORRECTION = Moves(
    "sop_correction",
    Move("take", ("open",), "taken"),
    Move("decline", ("open",), "declined"),
    Move("withdraw", ("open",), "withdrawn"),
)


def applies(verb: str, state: str, proposed: bool = False) -> bool:
    """Whether a verb is possible in a state. A draft can be returned only if it was ``proposed``."""
    return VERSION.applies(verb, state) or (verb == "return" and state == "draft" and proposed)


def verbs_from(state: str, proposed: bool = False) -> tuple[str, ...]:
    """The verbs of the version's page that are possible in a state, forward moves before backward ones."""
    return tuple(verb for verb in VERBS if applies(verb, state, proposed))
