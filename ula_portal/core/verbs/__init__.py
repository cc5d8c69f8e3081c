"""The basis of all verbs: refusals, transactions, and moves between states.

Uses: nothing of its floor.
"""
