"""Permissions: every address for every role, by GET and by POST, with a check of what it changes."""

import itertools

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver, reverse

from services.casework.verbs import VERBS
from services.casework.views.page import CasePage
from services.engine.queries.cases import case_by_number
from services.inbox.views.finished import FINISHED
from tests.access_table import CASE_VERBS, DELETERS, MODELS, TABLE
from tests.factories.cases import run_of, walk
from tests.factories.world import ROLES, session_key_of
from ula_portal.core.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office_hours")]
LOGIN = "/akun/masuk/"
POSTED = [name for name, row in TABLE.items() if row.post]
# Tables written by the infrastructure for any user; PostgreSQL also counts the key that a refusal rolls back.
UNCOUNTED = {"django_session", "core_throttlecount", "portal_cache", "core_idempotencykey"}
JOURNAL = {"core_journalentry", "core_journalhead"}


_sessions: dict[str, str] = {}


@pytest.fixture(scope="module", autouse=True)
def _everybody_is_logged_in(world):
    """Log in once for all addresses, because logging in takes longer than most pages."""
    _sessions.update({role: session_key_of(user) for role in ROLES if (user := world.user(role))})


def browser(role, **options):
    client = Client(**options)
    if role in _sessions:
        client.cookies[settings.SESSION_COOKIE_NAME] = _sessions[role]
    return client


def writes():
    """Rows written so far per table in this transaction, as PostgreSQL counts them."""
    with connection.cursor() as cursor:
        # As in the view ``pg_stat_xact_user_tables``, which also reads every index.
        cursor.execute(
            "SELECT relname, pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)"
            " + pg_stat_get_xact_tuples_deleted(oid) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        return {name: count for name, count in cursor.fetchall() if name not in UNCOUNTED}


def changed(before):
    """Tables written to since ``before``."""
    return {name for name, count in writes().items() if count != before.get(name, 0)}


def answer_of(client, response):
    """The status, or ``in`` for the log-in page. Django's admin redirects refused users to its own log-in first."""
    location = response.get("Location", "")
    if location.startswith("/admin/login/"):
        return answer_of(client, client.get(location))
    return "in" if location.startswith(LOGIN) else str(response.status_code)


def seen(world, role, method, address, data=None, into=None):
    """The answer for a role in the table's notation; all changes are rolled back. ``into``: receives the response."""
    with transaction.atomic():
        # As in a test, letters may be issued although a transaction is open.
        connection.atomic_blocks[-1]._from_testcase = True
        client, before = browser(role), writes()
        response = getattr(client, method)(address, data)
        touched = changed(before)
        answer = answer_of(client, response)
        if into is not None:
            into.append((answer, response.get("Location"), bool(client.session.get(FINISHED))))
        transaction.set_rollback(True)
    if method == "get" and touched == JOURNAL:
        return f"{answer}r"
    return f"{answer}+" if touched else answer


def _walk(resolver, prefix=""):
    for entry in resolver.url_patterns:
        if hasattr(entry, "url_patterns"):
            yield from _walk(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
        elif entry.name:
            yield prefix + entry.name


def _model_pages():
    return {
        f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
        for model in admin.site._registry
        for page in ("changelist", "add", "history", "delete", "change")
    }


def test_every_address_stands_in_the_table():
    assert set(_walk(get_resolver())) - _model_pages() == set(TABLE)
    assert {model._meta.label_lower for model in admin.site._registry} == set(MODELS)
    assert set(VERBS) == set(CASE_VERBS)


@pytest.mark.parametrize("name", TABLE)
def test_get(world, name):
    row = TABLE[name]
    address = reverse(name, args=row.args(world))
    assert " ".join(seen(world, role, "get", address) for role in ROLES) == row.get


@pytest.mark.parametrize("name", POSTED)
def test_post(world, name):
    row = TABLE[name]
    address = reverse(name, args=row.args(world))
    assert " ".join(seen(world, role, "post", address, row.data(world)) for role in ROLES) == row.post


@pytest.mark.parametrize("name", POSTED)
def test_post_without_the_token_against_forged_requests(world, name):
    row = TABLE[name]
    words = list(zip(ROLES, row.post.split(), strict=True))
    role = next(role for role, word in reversed(words) if word.rstrip("+") in ("200", "302"))
    client = browser(role, enforce_csrf_checks=True)
    address, data, before = reverse(name, args=row.args(world)), row.data(world), writes()
    assert client.post(address, data).status_code == 403
    assert not changed(before)


@pytest.mark.parametrize("label", MODELS)
def test_lists_of_the_admin_panel(world, label):
    may_view, may_add = MODELS[label]
    for page, may in (("changelist", may_view), ("add", may_add)):
        address = reverse(f"admin:{label.replace('.', '_')}_{page}")
        # There is only one office, so its list redirects to it.
        good = "302" if (label, page) == ("core.office", "changelist") else "200"
        wanted = {role: good if role in may else "403" for role in ROLES} | {"anonymous": "in"}
        assert {role: seen(world, role, "get", address) for role in ROLES} == wanted


# Written by a nightly chore.
NO_ROWS = {"core.journalseal"}


@pytest.mark.parametrize("label", [label for label in MODELS if label not in NO_ROWS])
def test_rows_of_the_admin_panel(world, label):
    """One row of each list: visible to those who may see the list, deleted only by those who may."""
    model = apps.get_model(label)
    row = _row_of(world, model)
    may_view, _may_add = MODELS[label]
    name = label.replace(".", "_")
    wanted = {role: "200" if role in may_view else "403" for role in ROLES} | {"anonymous": "in"}
    address = reverse(f"admin:{name}_change", args=[row.pk])
    assert {role: seen(world, role, "get", address) for role in ROLES} == wanted
    delete = reverse(f"admin:{name}_delete", args=[row.pk])
    for role in ROLES:
        answer = seen(world, role, "post", delete, {"post": "yes"})
        if role not in DELETERS.get(label, ()):
            assert answer in ("in", "403"), role


@pytest.mark.parametrize("label", [label for label, (_may_view, may_add) in MODELS.items() if may_add])
def test_adding_in_the_admin_panel_without_the_token_against_forged_requests(world, label):
    client, before = browser("admin", enforce_csrf_checks=True), writes()
    assert client.post(reverse(f"admin:{label.replace('.', '_')}_add"), {"name": "x"}).status_code == 403
    assert not changed(before)


def _row_of(world, model):
    kept = {"sop.sopversion": world.sop_version, "core.user": world.cast.official}
    return kept.get(model._meta.label_lower) or model._default_manager.first()


# Addresses that contain a secret: with another secret they answer 404.
SECRET = [name for name, row in TABLE.items() if name.startswith(("apply_", "track_", "receipt", "ticket_own"))]
SECRET += ["appointment", *(f"appointment_{each}" for each in ("move", "cancel", "calendar", "paper"))]


@pytest.mark.parametrize("name", [name for name in SECRET if name not in ("apply_start", "apply_resume")])
def test_a_wrong_secret_opens_nothing(world, name):
    args = TABLE[name].args(world)
    place = 1 if name.startswith("apply_") else 0
    args[place] = "x" * len(args[place])
    for method in ("get", "post"):
        answer = seen(world, "anonymous", method, reverse(name, args=args))
        assert answer in ("404", "405"), method


def test_a_secret_opens_its_own_request_only(world):
    """A file, a draft or a letter of somebody else is not found at any address."""
    theirs, mine = world.document(world.asked), world.document(world.case)
    wrong = [
        reverse("track_file", args=[world.token(world.case), theirs.pk]),
        reverse("apply_file", args=[world.service.slug, world.token(world.draft), theirs.pk]),
        reverse("apply_data", args=[world.elsewhere.slug, world.token(world.draft)]),
    ]
    # The address of somebody's own draft leads back to it.
    assert seen(world, "anonymous", "get", reverse("track_detail", args=[world.token(world.draft)])) == "302"
    assert {seen(world, "anonymous", "get", address) for address in wrong} == {"404"}
    remove = reverse("track_remove", args=[world.token(world.asked), mine.pk])
    assert not seen(world, "anonymous", "post", remove).endswith("+")
    letter = reverse("track_letter", args=[world.token(world.case)])
    assert seen(world, "anonymous", "post", letter) == "404"


def test_staff_reach_files_through_their_own_case_only(world):
    document, letter = world.document(world.asked), world.letter
    wrong = [
        reverse("case_document", args=[world.case.number, document.pk]),
        reverse("case_letter", args=[world.case.number, letter.pk]),
    ]
    for role in ("frontdesk", "official", "admin"):
        assert {seen(world, role, "get", address) for address in wrong} == {"404"}


@pytest.mark.parametrize("slug", VERBS)
def test_verbs_of_a_case(world, slug):
    row, kept = CASE_VERBS[slug], []
    number = getattr(world, row.request).number
    address = reverse("case_act", args=[number, slug])
    assert " ".join(seen(world, role, "post", address, row.posted(world), kept) for role in ROLES) == row.post
    leads = reverse("case_detail", args=[number]) + row.leads
    assert {each[1:] for each in kept if each[0] == "302"} <= {(leads, row.finishes)}


def test_only_words_go_on_a_closed_case(world):
    """Nothing is open there; a user who comes too late is told so."""
    posted = {slug: row.posted(world) | {"run": ""} for slug, row in CASE_VERBS.items()}
    walk(world.lettered, (world.cast.counter, "done"))
    answers = {}
    for slug, data in posted.items():
        address = reverse("case_act", args=[world.lettered.number, slug])
        answers[slug] = seen(world, "section_head", "post", address, data)
    assert {slug for slug, answer in answers.items() if answer.endswith("+")} == set(ALWAYS)
    needing = {slug for slug, verb in VERBS.items() if verb.needs_run}
    assert {answers[slug] for slug in needing} == {"409"}


# Anybody who may read a case may write notes about it.
ALWAYS = ("pesan", "catatan")
# Accepted although no form offers it: a clock that has not started, and handing over the letter as the last step.
TAKEN = {("mulai", "asked", "official"), ("selesai", "lettered", "official"), ("selesai", "lettered", "frontdesk")}


@pytest.mark.parametrize("slug", [slug for slug in VERBS if slug not in ALWAYS])
def test_a_verb_whose_form_is_not_shown_is_refused_and_writes_nothing(world, slug):
    hidden = {}
    for name, role in itertools.product(("case", "asked", "lettered"), ("official", "frontdesk")):
        user, request = world.user(role), getattr(world, name)
        if not VERBS[slug].shown(CasePage(case_by_number(user, request.number), user)):
            address = reverse("case_act", args=[request.number, slug])
            posted = CASE_VERBS[slug].posted(world) | {"run": run_of(request).pk}
            hidden[slug, name, role] = seen(world, role, "post", address, posted)
    assert hidden and {each for each, answer in hidden.items() if answer.endswith("+")} <= TAKEN


def test_somebody_whose_account_was_closed_is_out_at_once(world):
    client = browser("official")
    assert client.get(reverse("case_list")).status_code == 200
    with transaction.atomic():
        User.objects.filter(pk=world.cast.official.pk).update(is_active=False)
        assert answer_of(client, client.get(reverse("case_list"))) == "in"
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", ["staff_home", "case_list", "mfa_index", "account_change_password", "admin:index"])
def test_no_page_of_staff_stays_in_a_shared_browser(name):
    response = browser("admin").get(reverse(name))
    assert response.status_code == 200 and "no-store" in response["Cache-Control"]
