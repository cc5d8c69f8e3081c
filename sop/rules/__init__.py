"""The rules of PermenPAN-RB 35/2012 that a program can check, as findings. Pure: no database, no person asked.

Off-page connectors are not judged: the drawing makes them, always in pairs. Nor is the number of exits to a step.
"""

from collections.abc import Iterable

from .activity import activity_findings, starts_with_active_verb
from .actors import actor_findings, column_findings, looks_like_person
from .finding import ERROR, WARNING, Finding
from .flow import Flow
from .identity import BOXES, Identity, identity_findings
from .standard import hours_in, seconds_in, standard_findings
from .ways import exit_findings, letter_findings, way_findings

__all__ = [
    "BOXES",
    "ERROR",
    "WARNING",
    "Finding",
    "Identity",
    "actor_findings",
    "errors",
    "findings",
    "hours_in",
    "looks_like_person",
    "seconds_in",
    "starts_with_active_verb",
    "warnings",
]


def findings(flow: Flow, people: Iterable[str] = (), identity: Identity | None = None) -> list[Finding]:
    """Everything the rules say about a document: whole SOP first, then by step; errors before warnings of a step.

    ``people``: full names of staff, so that an actor written as one of them is found whatever it looks like.
    ``identity``: the identity block, left unjudged without it.
    """
    found = [*identity_findings(identity)] if identity else []
    found += [*way_findings(flow), *column_findings(flow, people), *letter_findings(flow)]
    for step in flow.steps:
        found += [*activity_findings(step), *exit_findings(step), *standard_findings(step)]
    return sorted(found, key=lambda f: (f.step_no or 0, f.level))


def errors(found: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.level == ERROR]


def warnings(found: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.level == WARNING]
