"""Reads of the SOP floor, named by the question they answer; one room per asker."""

from .flows import FROZEN, findings_of, flow_of, forget_flows, obstacles
from .library import public_version, public_versions, units_with_public_sops
from .panel import actors_of, head_tenure_of, history_of, other_versions, version_for, versions_for
from .validity import in_force, is_in_force, sop_by_number, version_in_force, version_to_export, versions_in_force

__all__ = [
    "FROZEN",
    "actors_of",
    "findings_of",
    "flow_of",
    "forget_flows",
    "head_tenure_of",
    "history_of",
    "in_force",
    "is_in_force",
    "obstacles",
    "other_versions",
    "public_version",
    "public_versions",
    "sop_by_number",
    "units_with_public_sops",
    "version_for",
    "version_in_force",
    "version_to_export",
    "versions_for",
    "versions_in_force",
]
