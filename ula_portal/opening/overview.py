"""All steps of the set-up in their order, and how the office stands."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ula_portal.core.data.batched_counts import count_in_one_query
from ula_portal.core.office.queries import office

from .balance_steps import BALANCE, STARTER
from .calendar_steps import HOLIDAYS, HOURS
from .office_steps import EMBLEM, LETTERHEAD, OFFICE
from .people_steps import PEOPLE, UNITS
from .place_steps import COUNTERS
from .rules import MOST_COUNTED, Found, Step, StepNow
from .server_steps import SERVER
from .service_steps import SERVICES, SOPS

STEPS: tuple[Step, ...] = (
    *(OFFICE, EMBLEM, LETTERHEAD),
    *(UNITS, PEOPLE),
    *(HOURS, HOLIDAYS, COUNTERS),
    *(STARTER, SOPS, SERVICES, BALANCE),
    SERVER,
)


@dataclass(frozen=True)
class Overview:
    """How the office stands, step by step."""

    steps: list[StepNow]

    @property
    def done(self) -> int:
        return sum(step.state == "done" for step in self.steps)

    @property
    def next(self) -> StepNow | None:
        """The first step that is missing and is mended in the portal."""
        return next((step for step in self.steps if step.state != "done" and step.url), None)

    @property
    def is_ready(self) -> bool:
        return self.done == len(self.steps)

    @property
    def words(self) -> str:
        """The title of the page: how much is done."""
        advised = sum(len(step.advised) for step in self.steps)
        if not self.is_ready:
            return _("%(done)s dari %(all)s bagian kantor sudah lengkap.") % {"done": self.done, "all": len(self.steps)}
        if not advised:
            return _("Kantor siap melayani.")
        words = ngettext(
            "Kantor siap melayani. %(n)s hal sebaiknya dilengkapi.",
            "Kantor siap melayani. %(n)s hal sebaiknya dilengkapi.",
            advised,
        )
        return words % {"n": advised}

    def after(self, key: str) -> StepNow | None:
        """The next step with a page that has any gap, from the one after ``key`` around to it; None without one."""
        place = next(n for n, each in enumerate(self.steps) if each.step.key == key)
        around = self.steps[place + 1 :] + self.steps[:place]
        return next((each for each in around if each.gaps and each.url), None)


def overview() -> Overview:
    """The steps as they stand. Three queries, whatever there is: the office, all counts, the worker."""
    rows = {name: (queryset, MOST_COUNTED) for step in STEPS for name, queryset in step.rows().items()}
    found = Found(office(), count_in_one_query(rows))
    steps: list[StepNow] = []
    for step in STEPS:
        gaps = list(step.gaps(found))
        open_before = any(each.state != "done" for each in steps)
        missing = any(not gap.advised for gap in gaps)
        state = ("next" if open_before else "now") if missing else "done"
        steps.append(StepNow(step, state, gaps, step.summary(found)))
    return Overview(steps)
