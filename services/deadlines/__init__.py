"""When things are due and how urgent they are; where a case's time went; times that were observed.

Uses: nothing of its floor.
"""
