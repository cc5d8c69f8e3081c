"""One's own number, and how busy the queue is, for everybody.

Uses: places, queue, counter, display.
"""
