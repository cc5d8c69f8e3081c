"""Working days and working time: arithmetic, and the hours and days that the office edits. Used by ``core.workdays``.

Uses: verbs, text, journal.
Verbs: remove_calendar_day, remove_hours, set_calendar_day, set_hours, set_week.
"""
