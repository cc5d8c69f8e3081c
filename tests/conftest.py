"""Fixtures that every test may use. The database server comes from ``tests.postgres``."""

import os

import pytest


@pytest.fixture(scope="session", autouse=True)
def _database_answers_browser_tests() -> None:
    """Playwright's synchronous interface runs an event loop in the test's thread, where Django would refuse queries."""
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
