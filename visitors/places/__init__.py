"""Places, counters and rooms: what each may call, whether it is closed now, and their pages in the panel.

Uses: nothing of its floor.
Verbs: add_counter.
"""
