"""Models of visitors and the queue, one room per subject."""

from .queue import Counter, CounterSession, QueueEvent, Ticket, TicketSeries
from .visit import Visit, Visitor

__all__ = ["Counter", "CounterSession", "QueueEvent", "Ticket", "TicketSeries", "Visit", "Visitor"]
