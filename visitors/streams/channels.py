"""The streams of the queue and their addresses."""

from ula_portal.core.live.channels import Channel, in_database, message, milliseconds
from ula_portal.core.security import codes
from visitors.display.page import RenderedBoard
from visitors.display.queries.board import DisplayBoard, location_by_code, status_words, ticket_by_token
from visitors.queue import addresses
from visitors.queue.queries.events import Cursor, events_missed

from .feed import QueueFeed, QueueStream, board_message, display_messages, read_board


class DisplayStream(QueueStream):
    """For the waiting room: every event, and the board whenever it has changed."""

    __slots__ = ()
    sees_board = needs_page = True

    async def opening(self, feed: QueueFeed, last_id: str) -> bytes:
        cursor, missed = feed.cursor, b""
        resumed = Cursor.parse(last_id)
        if resumed is not None and cursor is not None and resumed.xid <= cursor.xid:
            events = await in_database(events_missed, resumed, self.location_id)
            missed = display_messages(events, cursor)
        board, page = await feed.board(self.location_id)
        if self.last is not None:
            # The feed was faster and has put something newer into the stream.
            return missed
        self.last = page
        return missed + board_message(board, page, cursor) if page else missed

    def tell(self, events: bytes, changed: bytes) -> None:
        self.push(events)

    def show(self, board: DisplayBoard, page: RenderedBoard | None, state: bytes) -> None:
        if page and self.last != page:
            self.last = page
            self.push(state)


class TicketStream(QueueStream):
    """For a ticket's page: its status, in the language of the page."""

    __slots__ = ("ticket_id",)
    sees_board = True

    def __init__(self, ticket_id: int, location_id: int) -> None:
        super().__init__(location_id)
        self.ticket_id = ticket_id

    @property
    def ticket_ids(self) -> tuple[int, ...]:
        return (self.ticket_id,)

    async def opening(self, feed: QueueFeed, last_id: str) -> bytes:
        board, _page = await feed.board(self.location_id)
        if self.last is not None:
            return b""
        return self._status_news(board) or await self._ended()

    def show(self, board: DisplayBoard, page: RenderedBoard | None, state: bytes) -> None:
        if news := self._status_news(board):
            self.push(news)

    async def _ended(self) -> bytes:
        """The status of a ticket that is no longer live; boards built before it was asked for do not hold it."""
        board, _page = await in_database(read_board, self.location_id, self.ticket_ids, False)
        return self._status_news(board) or message("place", {"ended": True})

    def _status_news(self, board: DisplayBoard) -> bytes:
        """A message for the ticket's page; empty when the status has not changed."""
        status = board.statuses.get(self.ticket_id)
        if status is None or status == self.last:
            return b""
        self.last = status
        return message("place", {"at": milliseconds(board.at), **status_words(status, self.language)})


class StaffStream(QueueStream):
    """For a staff page, which reloads its content when it hears that something has changed."""

    __slots__ = ()

    def tell(self, events: bytes, changed: bytes) -> None:
        self.push(changed)


async def _open_display(code: str) -> DisplayStream | None:
    location = await in_database(location_by_code, code)
    return DisplayStream(location.pk) if location else None


async def _open_ticket(token: str) -> TicketStream | None:
    ticket = await in_database(ticket_by_token, codes.stored_hash(token))
    return TicketStream(ticket.pk, ticket.location_id) if ticket else None


async def _open_staff(token: str) -> StaffStream | None:
    location_id = addresses.location_of(token)
    return StaffStream(location_id) if location_id else None


DISPLAY = Channel(addresses.DISPLAY, _open_display, QueueFeed)
TICKET = Channel(addresses.TICKET, _open_ticket, QueueFeed)
STAFF = Channel(addresses.STAFF, _open_staff, QueueFeed)
