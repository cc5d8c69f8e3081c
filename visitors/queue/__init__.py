"""The queue: numbers, events, turns of the lanes, who waits, and a minute for taking back.

Uses: places.
Verbs: issue_ticket, leave_queue, take_back.
"""
