"""The databases of the forked processes: one for each concurrent process, on one server, recreated after a change."""

from types import SimpleNamespace

from _pytest.runner import runtestprotocol
from django.db import connection, connections
from django.urls import get_resolver
from pytest_django.plugin import blocking_manager_key

from .guards import Guard

_LASTING = {"transactional_db", "live_server", "django_db_reset_sequences"}


class Databases:
    def prepare(self, session) -> None:
        """Run one test with the database to set it up; it is then the template of all others."""
        self.unblocked = session.config.stash[blocking_manager_key].unblock
        first = next(item for item in session.items if item.get_closest_marker("django_db") and not self.soils(item))
        # Without a next test, pytest would also tear down the session's fixtures, including the database.
        runtestprotocol(first, nextitem=first, log=False)
        session._setupstate.teardown_exact(SimpleNamespace(listchain=lambda: [session]))
        get_resolver()._populate()
        self.template = connection.settings_dict["NAME"]
        self._made: set[int] = set()

    def listed(self, changes) -> list:
        """The result of calling ``changes`` with a cursor. Closes all connections, because copies and forks
        require that.
        """
        with self.unblocked(), connection.cursor() as cursor:
            found = changes(cursor)
        connections.close_all()
        return found

    def make(self, slot: int, guard: Guard | None = None) -> None:
        """Make sure that the slot has a clean database, without the guard if one is given."""
        if slot not in self._made:
            drop = f"DROP DATABASE IF EXISTS {_name(slot)} WITH (FORCE)"
            # Tests also open other connections, to wake the live screens; they would prevent the copy.
            alone = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.template}'"
            self._run("postgres", drop, alone, f"CREATE DATABASE {_name(slot)} TEMPLATE {self.template}")
            self._made.add(slot)
        if guard:
            self._run(_name(slot), guard.without)

    def use(self, slot: int) -> None:
        """In a forked process: connect to the slot's database from now on."""
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
    """For tests that need no database."""

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
