"""Every verb of a version's life in every state: the table of moves decides whether it works or is refused."""

import pytest
from django.db import transaction

from sop import states
from sop.approval.actions import life, on_paper, proposing
from sop.drafting.actions import actors, identity, pasting, removal, splitting, steps
from sop.models import SopVersion
from tests.factories import sop as make
from tests.factories.services import picture
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Role, StaffRole
from ula_portal.core.verbs.errors import Outdated

pytestmark = pytest.mark.django_db
State = SopVersion.State
APPLIES = {
    ("verify", "draft", "verified"),
    ("approve", "verified", "approved"),
    ("return", "verified", "draft"),
    ("record", "draft", "approved"),
    ("record", "verified", "approved"),
    ("publish", "approved", "published"),
    ("withdraw", "approved", "withdrawn"),
    ("withdraw", "published", "withdrawn"),
}
ON_THE_WAY = (State.DRAFT, State.VERIFIED, State.APPROVED, State.PUBLISHED, State.WITHDRAWN)


def test_the_table_is_this_one():
    moves = [states.VERSION[verb] for verb in states.VERBS]
    assert {(move.verb, state, move.target) for move in moves for state in move.sources} == APPLIES
    assert set(ON_THE_WAY) == set(State.values)
    assert states.OPEN == ("draft", "verified") and states.EDITABLE == ("draft",)


@pytest.fixture
def anyone(units):
    """A user who is allowed to use every verb."""
    head = make.make_person(Role.HEAD, position="KADIS")
    StaffRole.objects.create(user=head, role=Role.ADMINISTRATOR)
    return head


@pytest.fixture
def paper(settings, tmp_path):
    settings.MEDIA_ROOT = settings.VAR_DIR = tmp_path
    return lambda: on_paper.PaperDecree("1", make.SINCE, make.SINCE, "Kepala Dinas", "Ani", picture("a.png"))


@pytest.fixture
def verbs(paper):
    return {
        "verify": life.verify_version,
        "approve": lambda version, by: life.approve_version(version, by=by, decree="1", effective_from=clock.today()),
        "return": life.return_version,
        "record": lambda version, by: on_paper.record_paper_version(version, by=by, paper=paper()),
        "publish": life.publish_version,
        "withdraw": life.withdraw_version,
    }


def moved(version, user, state, verbs):
    for verb in ("verify", "approve", "publish", "withdraw")[: ON_THE_WAY.index(state)]:
        verbs[verb](version, by=staff(user))
    return version


@pytest.mark.parametrize("state", ON_THE_WAY)
def test_each_verb_applies_where_the_table_says(units, anyone, verbs, state):
    assert set(verbs) == set(states.VERBS)
    version = make.imported(make.small_content())
    make.confirm_all(version, anyone)
    moved(version, anyone, state, verbs)
    after = {(verb, before): target for verb, before, target in APPLIES}
    for verb, act in verbs.items():
        if (verb, state) in after:
            with transaction.atomic():
                assert act(version, by=staff(anyone)).state == after[verb, state]
                transaction.set_rollback(True)
        else:
            with pytest.raises(Outdated):
                act(version, by=staff(anyone))
        version.refresh_from_db()
        assert version.state == state


@pytest.mark.parametrize("state", ON_THE_WAY[1:])
def test_only_a_draft_is_edited_and_only_an_open_version_is_matched(units, anyone, verbs, state):
    version = make.imported(make.small_content())
    make.confirm_all(version, anyone)
    step, actor = version.steps.first(), version.actors.first()
    removed = removal.remove_step(version.steps.last(), by=staff(anyone))
    removal.restore_step(removed, by=staff(anyone))
    SopVersion.objects.get(pk=version.pk).editors.get()
    other = make.make_person(Role.HEAD)
    StaffRole.objects.create(user=other, role=Role.ADMINISTRATOR)
    moved(version, other, state, verbs)
    edits = (
        lambda: steps.add_step(version, by=staff(anyone)),
        lambda: steps.move_step(step, by=staff(anyone), to_no=2),
        lambda: removal.remove_step(step, by=staff(anyone)),
        lambda: splitting.split_step(step, by=staff(anyone)),
        lambda: steps.save_step(step, by=staff(anyone), fields={"note": "x"}, was={"note": ""}),
        lambda: actors.add_actor(version, by=staff(anyone), name="x", kind="external"),
        lambda: actors.save_actor(actor, by=staff(anyone), fields={"name": "x"}, was={"name": actor.name}),
        lambda: actors.move_actor(actor, by=staff(anyone), to_order=2),
        lambda: actors.remove_actor(actor, by=staff(anyone)),
        lambda: pasting.paste_steps(version, by=staff(anyone), rows=make.small_content()["steps"]),
        lambda: identity.save_identity(version, by=staff(anyone), fields={"name": "x"}, was={"name": version.title}),
        lambda: proposing.propose_version(version, by=staff(anyone)),
    )
    for edit in edits:
        with pytest.raises(Outdated):
            edit()
    confirm = make.confirm_all
    if state in states.OPEN:
        confirm(version, anyone)
    else:
        with pytest.raises(Outdated):
            confirm(version, anyone)
