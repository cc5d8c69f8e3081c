"""When requests and steps are due and how urgent they are, how a case's time was spent, and observed times.

Uses: nothing of its floor.
"""
