"""The display of the waiting room: its board, its notices, its voice.

Uses: places, queue.
"""
