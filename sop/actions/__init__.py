"""Verbs of the SOP floor: what other apps and the admin panel call."""

from .actors import ActorChoice, confirm_actors
from .approval import approve_version, publish_version, return_version, verify_version, withdraw_version
from .importing import ImportResult, import_sop

__all__ = [
    "ActorChoice",
    "ImportResult",
    "approve_version",
    "confirm_actors",
    "import_sop",
    "publish_version",
    "return_version",
    "verify_version",
    "withdraw_version",
]
