"""Obstacles to a verb on a version that do not depend on the user."""

from django.utils.translation import ngettext

from sop.approval.queries.corrections import open_corrections
from sop.models import SopVersion
from sop.rules import actors, finding, findings
from sop.rules.queries.flows import findings_of, flow_of


def obstacles_to(version: SopVersion, verb: str) -> list[finding.Finding]:
    """The obstacles to a verb: errors and open corrections, and for approval also unconfirmed actors."""
    if verb not in ("verify", "approve", "record"):
        return []
    flow = flow_of(version)
    barring = findings.errors(findings_of(version, flow)) + _unanswered(version)
    return barring if verb == "verify" else barring + actors.unmatched_actor_findings(flow)


def _unanswered(version: SopVersion) -> list[finding.Finding]:
    count = open_corrections(version)
    if not count:
        return []
    message = ngettext(
        "%(n)s usulan perbaikan belum dijawab. Penyusun menjawabnya, atau pengusul menariknya.",
        "%(n)s usulan perbaikan belum dijawab. Penyusun menjawabnya, atau pengusul menariknya.",
        count,
    )
    return [finding.Finding(finding.ERROR, None, "open_corrections", message % {"n": count})]
