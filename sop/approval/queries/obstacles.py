"""What bars a verb of a version's life, whoever does it."""

from django.utils.translation import ngettext

from sop.approval.queries.corrections import open_corrections
from sop.models import SopVersion
from sop.rules import actors, finding, findings
from sop.rules.queries.flows import findings_of, flow_of


def obstacles(version: SopVersion, verb: str) -> list[finding.Finding]:
    """What bars a verb whoever does it: errors and open corrections at verification, unconfirmed actors at approval."""
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
