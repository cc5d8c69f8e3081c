"""Models of visitors and the queue, one room per subject."""

from .queue import Counter, CounterSession, QueueEvent, Ticket, TicketSeries
from .rules import Closure, PaperSheet, QueueRule
from .visit import Visit, Visitor

__all__ = [
    "Closure",
    "Counter",
    "CounterSession",
    "PaperSheet",
    "QueueEvent",
    "QueueRule",
    "Ticket",
    "TicketSeries",
    "Visit",
    "Visitor",
]
