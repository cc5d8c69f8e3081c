"""Why a version was returned to its drafter."""

from sop.models import Comment, SopVersion


def return_of(version: SopVersion) -> Comment | None:
    """The remark with which a version was returned, with its author; None once the draft is proposed again."""
    if version.state != SopVersion.State.DRAFT or version.proposed_at:
        return None
    remarks = Comment.objects.filter(round__version=version, step=None, resolved=False).select_related("author")
    return remarks.order_by("-written_at", "-pk").first()
