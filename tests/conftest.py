"""Fixtures for all tests. ``tests.postgres`` starts the database server."""

import datetime
import gc
import os

import hypothesis
import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management.commands import flush
from django.db import connection, transaction
from django.template import Template
from django.test import utils as django_tests
from django.utils import translation

from tests import emptying, strict_templates, virus_scanner
from tests.postgres import MIGRATED
from ula_portal.core import clock, workdays
from ula_portal.core.data import process_cache

# No deadlines: a test must not fail because the machine is busy.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")
# A Tuesday, ten o'clock at the office.
OPEN_AT = datetime.datetime(2026, 11, 24, 3, tzinfo=datetime.UTC)


def pytest_collection_finish():
    """Keep the garbage collector from scanning the loaded modules again and again, as there are many short-lived
    objects.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix) -> None:
    """The test database is created as a copy of a migrated one, so that ``migrate`` has hardly anything left to do."""
    connection.settings_dict["TEST"]["TEMPLATE"] = MIGRATED


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The database is deleted together with its server, so it need not be dropped."""
    return True


@pytest.fixture(scope="session", autouse=True)
def _database_answers_browser_tests() -> None:
    """Playwright's synchronous API runs an event loop in the test's thread, in which Django would refuse queries."""
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session", autouse=True)
def _demo_log_ins_of_its_own(tmp_path_factory):
    """The workers of a run share one data folder, in which they would overwrite each other's demo log-ins."""
    from ula_portal.demo import logins

    file = tmp_path_factory.mktemp("demo") / "demo-logins.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logins, "path", lambda: file)
        yield


@pytest.fixture(scope="session", autouse=True)
def _tables_are_emptied_quickly():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush, "sql_flush", emptying.empty)
        yield


@pytest.fixture(scope="session", autouse=True)
def _variables_of_templates_exist():
    with pytest.MonkeyPatch.context() as patch:
        strict_templates.install(patch.setattr)
        yield


@pytest.fixture(scope="session", autouse=True)
def _contexts_of_pages_only(django_test_environment):
    """Django's test client copies the context of each rendered template; those of included templates are not needed."""
    told, plain = Template._render, django_tests._TestState.saved_data.template_render

    def render(template, context):
        return (told if context.template is template else plain)(template, context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", render)
        yield


@pytest.fixture(scope="session", autouse=True)
def _passwords_are_hashed_quickly():
    """Hash passwords with fewer rounds; a separately started server can still verify them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PBKDF2PasswordHasher, "iterations", 1000)
        yield


@pytest.fixture(autouse=True)
def _calendar_of_this_test():
    """Calendar and office are cached in the process; no test may see those of another one."""
    workdays.clear_cache()
    process_cache.clear_process_caches()
    yield
    workdays.clear_cache()
    process_cache.clear_process_caches()


@pytest.fixture(autouse=True)
def _language_of_the_office():
    """A page in English leaves its language active in the thread; it must not affect other tests."""
    translation.deactivate()
    yield
    translation.deactivate()


@pytest.fixture
def at_now(request):
    """Freeze the clock at the test module's ``NOW``."""
    with clock.at(request.module.NOW):
        yield


@pytest.fixture
def office_hours():
    with clock.at(OPEN_AT):
        yield


@pytest.fixture(scope="module")
def scanner(tmp_path_factory):
    """The socket of a running virus scanner, as a value of CLAMAV."""
    if virus_scanner.CLAMD is None:
        pytest.skip("clamd is not installed (Debian: clamav-daemon)")
    with virus_scanner.running(tmp_path_factory.mktemp("clamd")) as address:
        yield address


@pytest.fixture
def cast(db):
    """The office's people by name. A module with a different cast overrides this fixture."""
    from tests.factories.core import named_cast

    return named_cast()


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Built once for each module; the transaction of each test is nested in this one and rolled back."""
    from tests import snapshots
    from tests.factories.world import make_world

    with django_db_blocker.unblock(), clock.at(OPEN_AT), transaction.atomic():
        # As in a test, letters may be issued although a transaction is open.
        connection.atomic_blocks[-1]._from_testcase = True
        yield snapshots.built(("world",), make_world)
        transaction.set_rollback(True)
