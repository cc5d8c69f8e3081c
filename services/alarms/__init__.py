"""Alarms: reminders before and at a due date, escalation after it, and reminding a colleague.

Uses: deadlines, engine.
Verbs: remind, ring_alarms.
"""
