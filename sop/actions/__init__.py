"""Verbs of the SOP floor: what other apps and the admin panel call."""

from .actors import ActorChoice, confirm_actors
from .approval import (
    approve_version,
    publish_version,
    return_version,
    verify_version,
    withdraw_version,
)
from .corrections import decline_correction, propose_correction, take_over_correction, withdraw_correction
from .editing import (
    EditedMeanwhile,
    StepGone,
    add_actor,
    add_step,
    move_actor,
    move_step,
    paste_steps,
    propose_version,
    remove_actor,
    remove_step,
    restore_copy,
    restore_step,
    save_actor,
    save_identity,
    save_step,
    split_step,
    start_revision,
    start_sop,
)
from .importing import ImportResult, import_sop
from .on_paper import PaperDecree, record_paper_version

__all__ = [
    "ActorChoice",
    "EditedMeanwhile",
    "ImportResult",
    "PaperDecree",
    "StepGone",
    "add_actor",
    "add_step",
    "approve_version",
    "confirm_actors",
    "decline_correction",
    "import_sop",
    "move_actor",
    "move_step",
    "paste_steps",
    "propose_correction",
    "propose_version",
    "publish_version",
    "record_paper_version",
    "remove_actor",
    "remove_step",
    "restore_copy",
    "restore_step",
    "return_version",
    "save_actor",
    "save_identity",
    "save_step",
    "split_step",
    "start_revision",
    "start_sop",
    "take_over_correction",
    "verify_version",
    "withdraw_correction",
    "withdraw_version",
]
