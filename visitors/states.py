"""Legal moves of tickets, slots and bookings."""

import datetime

from ula_portal.core.verbs.moves import Move, Moves

# ``call_next`` is made in SQL (``visitors_call_next``), under the same trigger.
TICKET = Moves(
    "visitors_ticket",
    Move("call_next", ("waiting",), "called", undone=True),
    Move("call_particular", ("waiting",), "called", undone=True),
    Move("resume", ("held",), "called", undone=True),
    Move("recall", ("called",), "called"),
    Move("no_show", ("called",), "no_show", undone=True),
    Move("report_back", ("no_show",), "waiting"),
    Move("start_serving", ("called",), "serving", undone=True),
    Move("hold", ("called", "serving"), "held", undone=True),
    Move("transfer", ("waiting", "called", "serving", "held"), "waiting", undone=True),
    Move("finish", ("called", "serving"), "finished", undone=True),
    Move("leave_queue", ("waiting", "called", "held"), "cancelled", undone=True),
)
# States in which a ticket occupies its counter.
AT_COUNTER = ("called", "serving")
ENDED = ("finished", "no_show", "cancelled")

# How long a wrong click at a counter can be taken back.
UNDO_WITHIN = datetime.timedelta(minutes=1)

_BY_PLAN = ("open", "off", "dropped")
SLOT = Moves(
    "visitors_slot",
    # Slots follow plans and service hours, unless a person has closed them.
    Move("open", _BY_PLAN, "open"),
    Move("switch_off", _BY_PLAN, "off"),
    Move("drop", _BY_PLAN, "dropped"),
    Move("close", (*_BY_PLAN, "closed"), "closed"),
    # No longer closed; the plans decide next whether it opens.
    Move("release", ("closed",), "dropped"),
)

BOOKING = Moves(
    "visitors_booking",
    Move("arrive", ("booked", "missed", "displaced"), "arrived"),
    Move("miss", ("booked",), "missed"),
    Move("cancel", ("booked", "displaced"), "cancelled"),
    Move("move", ("booked", "displaced"), "booked"),
    Move("displace", ("booked",), "displaced"),
    Move("seat_again", ("displaced",), "booked"),
)
