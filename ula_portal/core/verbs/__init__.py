"""What every verb stands on: refusals, and the moves from state to state.

Uses: nothing of its floor.
"""
