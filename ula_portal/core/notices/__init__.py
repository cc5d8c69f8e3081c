"""Notices: their kinds, the outbox that verbs write to, and the tasks that deliver them.

Uses: verbs, journal.
Verbs: deliver, enqueue_stale, retry, schedule_sweep.
"""
