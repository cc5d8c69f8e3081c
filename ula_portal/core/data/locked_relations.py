"""Relations that a locking query joined while it had to wait for the row."""

from django.db.models import Model


def drop_stale_relations(row: Model | None, *relations: str) -> None:
    """Drop cached relations that are empty although the row has a foreign key, so that they are loaded on next access.

    A query that waits for a lock rereads the locked row, but not the rows it joined. If another transaction changed the
    foreign key meanwhile, PostgreSQL finds no joined row. Costs no query unless that happened.
    """
    if row is None:
        return
    for name in relations:
        points = getattr(row, f"{name}_id") is not None
        if points and row._state.fields_cache.get(name, row) is None:
            del row._state.fields_cache[name]
