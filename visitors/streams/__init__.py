"""What open pages hear of the queue: events and boards, read once for all streams of a process.

The live streams of the queue: what the display, a ticket's page and the staff's pages hear, and who may listen.

``channels``: who hears what, and at which address. ``feed``: the queue's events and each location's board, read once
for all of them.

Uses: queue, hosting, display.
"""
