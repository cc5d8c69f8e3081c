"""The steps that somebody ticked in the inbox, and the colleagues to whom they may be given."""

from services.engine.queries.cases import visible_to
from services.models import Request, StepRun
from ula_portal.core.models import Position, Role, User
from ula_portal.core.office.queries import people_here_for
from ula_portal.core.permissions import has_role

from .scope import InboxScope


def selected_runs(user: User, run_ids: list[int]) -> list[StepRun]:
    """The runs with these ids, in this order, without those whose case the person may not read. One query."""
    runs = StepRun.objects.filter(request__in=Request.objects.filter(visible_to(user))).select_related("request")
    found = runs.in_bulk(run_ids)
    return [found[pk] for pk in dict.fromkeys(run_ids) if pk in found]


def unit_colleagues(scope: InboxScope) -> list[User]:
    """Colleagues to whom a person may want to give steps: present holders of positions in their units, by name.

    Administrators get the holders of all positions. ``reassign`` checks each step by itself. One query.
    """
    posts = Position.objects.all()
    if not has_role(scope.user, Role.ADMINISTRATOR):
        posts = posts.filter(unit_id__in=scope.unit_ids | scope.led_unit_ids)
    return list(people_here_for(posts.values("pk")).exclude(pk=scope.user.pk).order_by("full_name", "pk"))
