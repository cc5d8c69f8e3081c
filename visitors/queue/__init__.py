"""The queue: tickets, events, turns of the lanes, who waits, and taking back a click within a minute.

Uses: places.
Verbs: leave_queue, take_back.
"""
