"""Why a draft came back."""

from sop.models import Comment, SopVersion


def return_of(version: SopVersion) -> Comment | None:
    """The remark with which a version was given back, until its drafter proposes it again; with its author."""
    if version.state != SopVersion.State.DRAFT or version.proposed_at:
        return None
    remarks = Comment.objects.filter(round__version=version, step=None, resolved=False).select_related("author")
    return remarks.order_by("-written_at", "-pk").first()
