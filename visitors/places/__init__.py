"""Counters and rooms: what each may call, whether a location is closed now, and their pages in the admin panel.

Uses: nothing of its floor.
Verbs: add_counter, open_counters, serve_everywhere.
"""
