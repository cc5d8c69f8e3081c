"""The live streams of the queue: what the display, a ticket's page and the staff's pages hear, and who may listen.

``channels``: who hears what, and at which address. ``feed``: the queue's events and each location's board, read once
for all of them.
"""
