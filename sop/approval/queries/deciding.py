"""Who decides on a version: the users who may verify, approve or publish it, and did not write it."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from sop.models import SopVersion, VersionEditor
from sop.permissions import editor_ids
from ula_portal.core import clock
from ula_portal.core.models import JournalEntry, Role, Tenure, User
from ula_portal.core.office.absences import presence_of
from ula_portal.core.office.permissions import is_secretary, secretaries
from ula_portal.core.office.queries import staff_with_role
from ula_portal.core.permissions import has_role, section_heads_by_unit, unit_ids_led_by

State = SopVersion.State


@dataclass(frozen=True)
class Deciders:
    """Who can use the next verb. ``positions``: in words; ``way_out``: advice if there is nobody."""

    verb: str
    positions: list[str]
    way_out: str = ""


def wrote_it(user: User | int) -> Exists:
    """Condition on SopVersion: a user wrote or edited it. Authors are recorded as editors, too."""
    return Exists(VersionEditor.objects.filter(version_id=OuterRef("pk"), user=user))


def left_to_secretary() -> Q:
    """Condition on SopVersion, equivalent to ``permissions.falls_to_secretary``: the secretary verifies it.

    Takes two queries to build.
    """
    units: defaultdict[frozenset[int], list[int]] = defaultdict(list)
    for unit_id, heads in section_heads_by_unit().items():
        units[frozenset(heads)].append(unit_id)
    found = Q(pk__in=[])
    for head_ids, unit_ids in units.items():
        all_wrote = Q(sop__unit_id__in=unit_ids)
        for pk in head_ids:
            all_wrote &= Q(wrote_it(pk))
        found |= all_wrote
    return found


def verifiable_by(user: User) -> Q:
    """Condition on SopVersion: a user may verify it; its state is not checked."""
    if has_role(user, Role.HEAD):
        return ~Q(wrote_it(user))
    mine = Q(sop__unit_id__in=unit_ids_led_by(user))
    if is_secretary(user):
        mine |= left_to_secretary()
    return mine & ~Q(wrote_it(user))


def verifiers_of(version: SopVersion, but: User | None = None) -> list[User]:
    """The users who are asked to verify a version.

    These are the section heads of its unit and of the units above, or else the secretary, or else the heads of office.
    Users who wrote the version and the user ``but`` are left out.
    """
    barred = editor_ids(version) | ({but.pk} if but else set())
    return _verifiers(version, barred, lambda: staff_with_role(Role.HEAD))


def _verifiers(
    version: SopVersion, barred: Container[int], heads_of_office: Callable[[], Iterable[User]]
) -> list[User]:
    heads = section_heads_by_unit().get(version.sop.unit_id, set())
    groups: tuple[Callable[[], Iterable[User]], ...] = (
        lambda: User.objects.filter(pk__in=heads),
        secretaries,
        heads_of_office,
    )
    # Each group is fetched only if the one before is empty.
    found = ([person for person in group() if person.pk not in barred] for group in groups)
    return next(filter(None, found), [])


def deciders_of(version: SopVersion) -> Deciders | None:
    """Who can use the next verb on a version; None if it is published or withdrawn."""
    if version.state == State.APPROVED:
        return Deciders("publish", [str(Role.ADMINISTRATOR.label)])
    if version.state not in (State.DRAFT, State.VERIFIED):
        return None
    barred = editor_ids(version)
    heads = [person for person in staff_with_role(Role.HEAD) if person.pk not in barred]
    if version.state == State.DRAFT:
        people = _verifiers(version, barred, lambda: heads)
        people += [person for person in heads if person not in people]
        way_out = _(
            "Semua yang berwenang ikut menyusun draf ini. Administrator memberi peran Kepala bidang/bagian "
            "untuk unit ini kepada pejabat lain. Pejabat itu lalu memverifikasinya."
        )
        return Deciders("verify", _positions(people, heads, version), "" if people else way_out)
    way_out = _(
        "Kepala dinas ikut menyusun draf ini, atau belum ada kepala dinas. Administrator mencatat Plt. atau Plh. "
        "kepala dinas dan memberinya peran Kepala dinas. Pejabat itu lalu mengesahkannya."
    )
    return Deciders("approve", _positions(heads, heads, version), "" if heads else way_out)


def started_on(version: SopVersion) -> date | None:
    """The day on which a version was started in the portal according to the journal, or None."""
    entries = JournalEntry.objects.filter(subject_kind="sop_version", subject_id=str(version.pk))
    first = entries.order_by("sequence").first()
    return clock.local(first.at).date() if first else None


def _positions(people: Sequence[User], heads: Container[User], version: SopVersion) -> list[str]:
    """The positions in which users decide, each once; absences are marked. Takes two queries."""
    today = clock.today()
    current = Tenure.objects.filter(
        Q(to_date__isnull=True) | Q(to_date__gte=today), user__in=people, from_date__lte=today
    )
    tenures: defaultdict[int, list[Tenure]] = defaultdict(list)
    for tenure in current.select_related("position__unit").order_by("pk"):
        tenures[tenure.user_id].append(tenure)
    away = presence_of([person.pk for person in people])
    labels: dict[str, bool] = {}
    for person in people:
        label = _label(tenures[person.pk], person in heads, version.sop.unit_id)
        # A dict keeps the order and removes duplicates.
        labels[_("%(position)s (sedang tidak hadir)") % {"position": label} if person.pk in away else label] = True
    return list(labels)


def _label(tenures: Sequence[Tenure], is_head: bool, unit_id: int) -> str:
    """The position in which a user decides: at the top for a head of office, else in the unit, else the secretary's."""
    if not tenures:
        return str((Role.HEAD if is_head else Role.SECTION_HEAD).label)

    def weight(tenure: Tenure) -> tuple[bool, bool, bool]:
        position = tenure.position
        counts = position.unit.parent_id is None if is_head else position.unit_id == unit_id
        return (position.heads_unit and counts, position.name.lower().startswith("sekretaris"), position.heads_unit)

    best = max(tenures, key=weight)
    acting = best.kind != Tenure.Kind.DEFINITIVE
    return f"{best.kind.capitalize()}. {best.position.name}" if acting else best.position.name


def approvable_by(user: User) -> Q:
    """Condition on SopVersion: a user may approve it; its state is not checked."""
    return ~Q(wrote_it(user)) if has_role(user, Role.HEAD) else Q(pk__in=[])


def waiting_for(user: User) -> QuerySet[SopVersion]:
    """Versions that wait for a user, those that have waited longest first.

    Proposed drafts wait for users who may verify them, verified versions for heads of office (in both cases not for
    those who wrote them), and approved versions for administrators.
    """
    mine = Q(state=State.DRAFT, proposed_at__isnull=False) & verifiable_by(user)
    mine |= Q(state=State.VERIFIED) & approvable_by(user)
    if has_role(user, Role.ADMINISTRATOR):
        mine |= Q(state=State.APPROVED)
    versions = SopVersion.objects.filter(mine).select_related("sop", "sop__unit", "proposed_by", "author")
    return versions.order_by("proposed_at", "pk")


def waiting_count(user: User) -> int:
    """The number of versions of ``waiting_for``."""
    return waiting_for(user).count()
