"""Invitations: by mail or by slip, once, for two weeks, and the newest only."""

import datetime

import pytest
from django.urls import reverse

from tests.factories.core import anew, make_user, named_cast
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import Invitation, JournalEntry, Notice, Role, User
from ula_portal.core.notices import kinds
from ula_portal.core.office import invitations
from ula_portal.core.office.actions import invitations as actions
from ula_portal.core.office.actions import people
from ula_portal.core.office.actions.invitations import accept_invitation, invite
from ula_portal.core.verbs.errors import Outdated, Refused

pytestmark = pytest.mark.django_db
PASSWORD = "songket-pucuk-rebung-7"


@pytest.fixture
def person():
    named_cast()
    return make_user(Role.OFFICIAL, email="baru@example.id", full_name="Petugas Baru")


def invited(person, way="slip"):
    (row,) = invite([person], by=SYSTEM, way=way)
    return row, invitations.secrets_of(row.nonce, person)


def test_only_hashes_of_link_and_code_are_stored(person):
    row, secrets = invited(person)
    stored = " ".join(str(value) for value in Invitation.objects.filter(pk=row.pk).values_list()[0])
    assert secrets.code not in stored and secrets.token not in stored
    assert invitations.by_token(secrets.token) == row == invitations.by_code(" BARU@example.id", secrets.code.lower())
    entry = JournalEntry.objects.filter(subject_id=str(person.pk)).latest("pk")
    assert entry.verb == "invite_staff_member"


def test_a_slip_writes_no_notice_and_a_mail_holds_the_link(person):
    invited(person)
    assert not Notice.objects.filter(kind="staff_invited").exists()
    _row, secrets = invited(person, "mail")
    notice = Notice.objects.get(kind="staff_invited")
    text = kinds.known(notice.kind).compose(notice)
    assert text.to == "baru@example.id" and reverse("invitation", args=[secrets.token]) in text.body
    people.set_password(person, by=SYSTEM, password=PASSWORD)
    assert kinds.known(notice.kind).compose(notice) is None


def test_mail_is_refused_where_the_portal_sends_none_but_slips_are_not(person, settings):
    settings.SENDS_MAIL = False
    with pytest.raises(Refused, match="Cetak slip"):
        invite([person], by=SYSTEM, way="mail")
    assert invited(person)[0].way == "slip"


def test_who_has_logged_in_or_is_closed_is_left_out(person, monkeypatch):
    closed, known = make_user(), make_user()
    User.objects.filter(pk=known.pk).update(last_login=clock.now())
    people.set_active(closed, by=SYSTEM, active=False)
    assert [each.user for each in invite([closed, known, person], by=SYSTEM, way="slip")] == [person]
    with pytest.raises(Refused, match="Tidak ada yang perlu diundang"):
        invite([closed, known], by=SYSTEM, way="slip")
    monkeypatch.setattr(actions, "MOST", 2)
    with pytest.raises(Refused, match="paling banyak 2"):
        invite([closed, known, person], by=SYSTEM, way="slip")


ENDINGS = {
    "used": lambda p, row: accept_invitation(row, by=staff(p), password=PASSWORD),
    "another": lambda p, row: invite([p], by=SYSTEM, way="slip"),
    "address": lambda p, row: people.change_email(p, by=SYSTEM, email="ganti@example.id"),
    "password": lambda p, row: people.set_password(p, by=SYSTEM, password=PASSWORD),
    "closed": lambda p, row: people.set_active(p, by=SYSTEM, active=False),
}


@pytest.mark.parametrize("ending", [*ENDINGS, "time"])
def test_an_invitation_ends(person, ending):
    row, secrets = invited(person)
    if ending in ENDINGS:
        ENDINGS[ending](person, row)
    with clock.at(clock.now() + (invitations.VALID if ending == "time" else datetime.timedelta(0))):
        assert invitations.by_token(secrets.token) is None
        assert invitations.by_code(anew(person).email, secrets.code) is None
        with pytest.raises(Outdated):
            accept_invitation(row, by=staff(person), password=PASSWORD + "8")
    assert not anew(person).check_password(PASSWORD + "8")


def test_a_wrong_code_and_an_unknown_address_get_one_answer_and_are_counted(person, client, settings):
    settings.THROTTLES = {"start-code": (2, 300)}
    _row, secrets = invited(person)
    address, pages = reverse("start_code"), []
    for email in ("baru@example.id", "tidak@ada.id"):
        answer = client.post(address, {"email": email, "code": "AAAA AAAA"})
        assert answer.status_code == 422
        page = answer.content.decode().replace(email, "").split("<main")[1]
        pages.append([line for line in page.splitlines() if "csrfmiddlewaretoken" not in line])
    assert pages[0] == pages[1]
    answer = client.post(address, {"email": "baru@example.id", "code": secrets.code})
    assert answer.status_code == 422 and "Terlalu banyak percobaan" in answer.content.decode()


def test_one_account_takes_ten_wrong_codes_an_hour(person, client, settings):
    settings.THROTTLES = {"start-code-account": (1, 3600)}
    _row, secrets = invited(person)
    for code in ("AAAA AAAA", secrets.code):
        assert client.post(reverse("start_code"), {"email": "Baru@example.id", "code": code}).status_code == 422


def test_the_slip_leads_to_a_password_of_ones_own_and_inside(person, client):
    _row, secrets = invited(person)
    typed = f"{secrets.code[:4]} {secrets.code[4:]}".lower()
    answer = client.post(reverse("start_code"), {"email": "BARU@example.id ", "code": typed})
    page = reverse("invitation", args=[secrets.token])
    assert answer["Location"] == page
    shown = client.get(page)
    assert "Petugas Baru" in shown.content.decode() and shown["Cache-Control"] == "private, no-store"
    for password, again, word in (("123", "123", "password"), (PASSWORD, PASSWORD + "8", "tidak sama")):
        refused = client.post(page, {"password": password, "again": again})
        assert refused.status_code == 422 and word in refused.content.decode()
    answer = client.post(page, {"password": PASSWORD, "again": PASSWORD})
    assert answer["Location"] == reverse("staff_home")
    assert client.get(reverse("staff_home")).status_code == 200
    assert anew(person).check_password(PASSWORD) and anew(person).last_login
    assert client.get(page).status_code == 404
