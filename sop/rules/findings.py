"""All findings of the rules on a document."""

from collections.abc import Iterable

from sop.rules.activity import activity_findings
from sop.rules.actors import actor_findings
from sop.rules.finding import ERROR, WARNING, Finding
from sop.rules.flow import Flow
from sop.rules.identity import Identity, identity_findings
from sop.rules.paths import exit_findings, letter_findings, path_findings
from sop.rules.standard import standard_findings


def findings(flow: Flow, staff_names: Iterable[str] = (), identity: Identity | None = None) -> list[Finding]:
    """All findings on a document: those on the whole SOP first, then by step, errors before warnings.

    ``staff_names``: full names of the staff, so that an actor named after one of them is found even without a title.
    ``identity``: the identity block, which is not checked if it is None.
    """
    found = [*identity_findings(identity)] if identity else []
    found += [*path_findings(flow), *actor_findings(flow, staff_names), *letter_findings(flow)]
    for step in flow.steps:
        found += [*activity_findings(step), *exit_findings(step), *standard_findings(step)]
    return sorted(found, key=lambda f: (f.step_no or 0, f.level))


def errors(found: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.level == ERROR]


def warnings(found: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.level == WARNING]
