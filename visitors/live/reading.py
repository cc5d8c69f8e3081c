"""What the live streams read from the database, in threads of their own with lasting connections."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import psycopg2
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from ula_portal.core import codes, live

from .. import queries, screen_page

_pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="live")


async def in_database(function, *arguments):
    """Run ``function`` in a thread that may query; a broken connection is dropped, the next call gets a new one.

    Raises what ``function`` raises; DatabaseError covers every trouble of the server.
    """
    return await asyncio.get_running_loop().run_in_executor(_pool, _with_connection, function, arguments)


def _with_connection(function, arguments):
    try:
        return function(*arguments)
    except (OperationalError, InterfaceError) as error:
        connection.close()
        raise DatabaseError(str(error)) from error


def listen() -> psycopg2.extensions.connection:
    """A connection of its own that hears ``NOTIFY portal_live``; raises psycopg2.Error."""
    made = psycopg2.connect(**{k: v for k, v in connection.get_connection_params().items() if k != "cursor_factory"})
    made.autocommit = True
    with made.cursor() as cursor:
        cursor.execute(f"LISTEN {live.CHANNEL}")
    return made


def location_id_of(code: str) -> int | None:
    location = queries.location_by_code(code)
    return location.pk if location else None


def ticket_ids_of(token: str) -> tuple[int, int] | None:
    """Ids of ticket and location behind the secret of a ticket's page."""
    ticket = queries.ticket_by_token(codes.stored_hash(token))
    return (ticket.pk, ticket.location_id) if ticket else None


def board(
    location_id: int, ticket_ids: tuple[int, ...], with_page: bool
) -> tuple[queries.Board, screen_page.Page | None]:
    """The board of a location, and, where wanted, as its display shows it."""
    place = queries.location_now(location_id)
    found = queries.board_at(place, ticket_ids)
    return found, screen_page.page_of(place, found) if with_page else None
