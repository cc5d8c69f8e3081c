"""What a locking query joins, and a row it had to wait for."""

from django.db.models import Model


def forget_lost(row: Model | None, *relations: str) -> None:
    """Let relations that a locking query joined be read anew where the row points to something and nothing was found.

    A query that waits for a row reads it again, but not what it joined: where another transaction has let the row point
    elsewhere meanwhile, PostgreSQL finds nothing there. Costs no query while nobody was waited for.
    """
    if row is None:
        return
    for name in relations:
        points = getattr(row, f"{name}_id") is not None
        if points and row._state.fields_cache.get(name, row) is None:
            del row._state.fields_cache[name]
