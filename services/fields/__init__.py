"""Fields of a service's form: their types, conditions, and what a filled form says.

Uses: nothing of its floor.
"""
