"""Alarms: reminders before and at a due date, escalation after it, and reminding a colleague.

Uses: deadlines, engine.
Verbs: remind_step, ring_alarms.
"""
