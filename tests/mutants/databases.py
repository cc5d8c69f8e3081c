"""The databases of the forked processes: one for each that runs at a time, on the one server, made anew when soiled."""

from types import SimpleNamespace

from _pytest.runner import runtestprotocol
from django.db import connection, connections
from django.urls import get_resolver
from pytest_django.plugin import blocking_manager_key

from .guards import Guard

_LASTING = {"transactional_db", "live_server", "django_db_reset_sequences"}


class Databases:
    def prepare(self, session) -> None:
        """Run one test with the database, so that this is set up; afterwards it is the template of all others."""
        self.unblocked = session.config.stash[blocking_manager_key].unblock
        first = next(item for item in session.items if item.get_closest_marker("django_db") and not self.soils(item))
        # Without a next one the session's fixtures would go as well, the database among them.
        runtestprotocol(first, nextitem=first, log=False)
        session._setupstate.teardown_exact(SimpleNamespace(listchain=lambda: [session]))
        get_resolver()._populate()
        self.template = connection.settings_dict["NAME"]
        self._made: set[int] = set()

    def listed(self, changes) -> list:
        """What ``changes`` makes of a cursor; no connection is open afterwards, which neither copies nor forks bear."""
        with self.unblocked(), connection.cursor() as cursor:
            found = changes(cursor)
        connections.close_all()
        return found

    def make(self, slot: int, guard: Guard | None = None) -> None:
        """See that the slot has a clean database; without the guard."""
        if slot not in self._made:
            drop = f"DROP DATABASE IF EXISTS {_name(slot)} WITH (FORCE)"
            # What a test has opened beside Django's connection, to wake the live screens, would forbid the copy.
            alone = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.template}'"
            self._run("postgres", drop, alone, f"CREATE DATABASE {_name(slot)} TEMPLATE {self.template}")
            self._made.add(slot)
        if guard:
            self._run(_name(slot), guard.without)

    def use(self, slot: int) -> None:
        """In a forked process: from now on connect to the slot's."""
        connection.settings_dict["NAME"] = _name(slot)

    def soiled(self, slot: int) -> None:
        self._made.discard(slot)

    def soils(self, item) -> bool:
        """Whether a test leaves rows behind."""
        marker = item.get_closest_marker("django_db")
        return bool(marker and marker.kwargs.get("transaction")) or not _LASTING.isdisjoint(item.fixturenames)

    def _run(self, database, *statements):
        connection.settings_dict["NAME"] = database
        try:
            with self.unblocked(), connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
        finally:
            connection.close()
            connection.settings_dict["NAME"] = self.template


class NoDatabase:
    """For tests that need none."""

    def prepare(self, session) -> None:
        pass

    def listed(self, changes) -> list:
        return changes(None)

    def make(self, slot, guard=None) -> None:
        pass

    def use(self, slot) -> None:
        pass

    def soiled(self, slot) -> None:
        pass

    def soils(self, item) -> bool:
        return False


def _name(slot):
    return f"mutants_{slot}"
