"""The journal (*jejak audit*): who did what to which subject, chained and sealed, and admin pages that write to it.

Uses: data, verbs.
Verbs: record, seal_day.
"""
