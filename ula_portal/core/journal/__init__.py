"""The journal (*jejak audit*): who did what to which subject, chained and sealed, and the panel pages that write it.

Uses: data, verbs.
Verbs: record, seal_day.
"""
