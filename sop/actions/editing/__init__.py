"""Edit a draft by hand: one verb each, refused for the wrong person, after verification, and when it would not fit.

Every verb grows ``SopVersion.revision``, keeps who edited (``VersionEditor``), and takes back what was asked of the
verifier.
"""

from .actors import add_actor, move_actor, remove_actor, save_actor
from .copies import restore_copy
from .draft import EditedMeanwhile, StepGone
from .identity import save_identity
from .pasting import paste_steps
from .proposal import propose_version
from .removal import remove_step, restore_step
from .splitting import split_step
from .starting import start_revision, start_sop
from .steps import add_step, move_step, save_step

__all__ = [
    "EditedMeanwhile",
    "StepGone",
    "add_actor",
    "add_step",
    "move_actor",
    "move_step",
    "paste_steps",
    "propose_version",
    "remove_actor",
    "remove_step",
    "restore_copy",
    "restore_step",
    "save_actor",
    "save_identity",
    "save_step",
    "split_step",
    "start_revision",
    "start_sop",
]
