"""Which input of a form is kept, for whom and how long: each refusal clause by clause."""

import datetime

import pytest
from django.core import signing
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from tests.factories.core import make_user
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import KeptInput
from ula_portal.core.office.actions import people
from ula_portal.core.web.kept_input import storage
from ula_portal.core.web.kept_input.rules import MAX_CHARACTERS, keepable, looks_typed
from ula_portal.core.web.kept_input.storage import owner_mark

pytestmark = pytest.mark.django_db
NO_FILES = MultiValueDict()
INSTANT = datetime.timedelta(microseconds=1)


def keep(user, text="note=Dua+kata", action="/petugas/a/?tab=b"):
    return storage.store_form(user.pk, action, QueryDict(text), NO_FILES)


@pytest.fixture
def other():
    return make_user()


def test_a_pages_mark_is_signed_for_this_purpose_and_names_an_account(user):
    assert storage.owner_of(owner_mark(user)) == user.pk
    same_salt = signing.Signer(salt="ula_portal.kept_input")
    for mark in (str(user.pk), signing.Signer().sign(str(user.pk)), same_salt.sign("orang"), ""):
        assert storage.owner_of(mark) is None


def test_for_no_account_or_a_closed_one_nothing_is_kept(user):
    assert storage.store_form(10**9, "/petugas/", QueryDict("a=Dua+kata"), NO_FILES) == ""
    people.set_active(user, by=SYSTEM, active=False)
    assert keep(user) == "" and not KeptInput.objects.exists()


def test_of_one_account_the_newest_stay_and_those_of_others(user, other):
    earlier = keep(other)
    with clock.at(clock.now() + datetime.timedelta(seconds=1)):
        first = keep(user)
    for second in range(2, 2 + storage.MAX_FORMS):
        with clock.at(clock.now() + datetime.timedelta(seconds=second)):
            last = keep(user)
    assert KeptInput.objects.filter(user=user).count() == storage.MAX_FORMS
    assert (
        storage.find_form(earlier, other) and storage.find_form(last, user) and storage.find_form(first, user) is None
    )


def test_it_is_found_for_half_an_hour(user):
    now = clock.now()
    with clock.at(now):
        token = keep(user)
    with clock.at(now + storage.LIFETIME - INSTANT):
        assert storage.find_form(token, user) == storage.KeptForm("/petugas/a/?tab=b", [("note", ["Dua kata"])], [], [])
        assert storage.delete_expired_forms() == 0
    with clock.at(now + storage.LIFETIME):
        assert storage.find_form(token, user) is None
        assert storage.delete_expired_forms() == 1


def test_the_chore_deletes_the_oldest_first_and_so_many_at_once(user, monkeypatch):
    monkeypatch.setattr(storage, "_BATCH_SIZE", 1)
    now = clock.now()
    with clock.at(now + datetime.timedelta(seconds=1)):
        younger = keep(user)
    with clock.at(now):
        keep(user)
    with clock.at(now + datetime.timedelta(minutes=31)):
        assert storage.delete_expired_forms() == 1
    with clock.at(now + datetime.timedelta(seconds=2)):
        assert storage.find_form(younger, user)


def test_only_whose_row_and_whose_words_it_is_finds_it_and_anybody_elses_asking_ends_it(user, other):
    token = keep(user)
    assert storage.find_form("x" * 32, user) is None and storage.find_form(token, user)
    assert storage.find_form(token, other) is None and storage.find_form(token, user) is None
    # A row that was moved to another account in the database belongs to neither.
    for asking in (user, other):
        token = keep(user)
        KeptInput.objects.update(user=other)
        assert storage.find_form(token, asking) is None
        assert not KeptInput.objects.exists()


def test_what_an_earlier_key_wrote_is_left_out(user):
    token = keep(user)
    KeptInput.objects.update(content="unlesbar")
    assert storage.find_form(token, user) is None


def test_it_is_forgotten_when_that_form_has_arrived(user, other):
    token, stays = keep(user), keep(user)
    storage.delete_form(token, user, "/petugas/lain/")
    storage.delete_form("x" * 32, user, "/petugas/a/")
    assert KeptInput.objects.count() == 2
    storage.delete_form(token, user, "/petugas/a/")
    assert storage.find_form(token, user) is None and storage.find_form(stays, user)


def test_a_form_is_kept_up_to_its_size_without_what_is_not_kept():
    def form(size, **more):
        data = QueryDict(mutable=True)
        data["note"] = "x " * ((size - 4) // 2) + "x" * (size % 2)
        data.update(more)
        return data

    assert keepable(form(MAX_CHARACTERS)) and keepable(form(MAX_CHARACTERS, password="rahasia " * 9))
    assert keepable(form(MAX_CHARACTERS + 1)) is None
    assert keepable(form(MAX_CHARACTERS - 4, a="xy", b="z")) is None


@pytest.mark.parametrize(
    ("name", "value", "again"),
    [
        *((name, "abc", True) for name in ("password", "kata_sandi", "otp", "pin", "api-key-2", "token_1", "secret")),
        *((name, "abc", True) for name in ("nik", "nik-ayah", "NIK_IBU")),
        *((name, "abc", False) for name in ("csrfmiddlewaretoken", "idempotency_key", "undo", "key", "_owner")),
        ("password", "", False),
    ],
)
def test_what_nobody_else_may_know_is_asked_for_again_what_a_page_says_itself_is_not(name, value, again):
    data = QueryDict(mutable=True)
    data[name] = value
    assert keepable(data) == ([], [name] if again else [])


@pytest.mark.parametrize("name", ["pinjaman", "kunci", "teknik", "tokenisasi", "monkey", "unik"])
def test_names_that_only_look_alike_are_kept(name):
    data = QueryDict(mutable=True)
    data[name] = "Dua kata"
    assert keepable(data) == ([(name, ["Dua kata"])], [])


@pytest.mark.parametrize(
    ("value", "typed"),
    [
        ("Ya", False),
        ("Ya.", True),
        ("08123456", True),
        ("0812345", False),
        ("+62 812-345", True),
        ("0812-34-5", False),
        ("[1, 2]", False),
        ("{Kata}", False),
        ("  satu  ", False),
    ],
)
def test_what_counts_as_written_by_a_person(value, typed):
    assert looks_typed(value) is typed
