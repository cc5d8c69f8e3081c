"""Notices, in one direction: kinds, their delivery, the tasks that deliver, the outbox that verbs write to.

Uses: journal.
Verbs: deliver, enqueue_stale, retry, schedule_sweep.
"""
