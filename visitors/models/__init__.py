"""Models of visitors and the queue, one module per subject."""

from .appointment import Booking, Slot, SlotPlan
from .hosting import HostCall
from .printer import TicketPrinter
from .queue import Counter, CounterSession, QueueEvent, Ticket, TicketSeries
from .rules import Closure, PaperSheet, QueueRule
from .screen import ScreenNotice, ScreenRule
from .visit import Visit, Visitor

__all__ = [
    "Booking",
    "Closure",
    "Counter",
    "CounterSession",
    "HostCall",
    "PaperSheet",
    "QueueEvent",
    "QueueRule",
    "ScreenNotice",
    "ScreenRule",
    "Slot",
    "SlotPlan",
    "Ticket",
    "TicketPrinter",
    "TicketSeries",
    "Visit",
    "Visitor",
]
