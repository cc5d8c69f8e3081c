"""What every verb stands on: the moves from state to state.

Uses: data.
"""
