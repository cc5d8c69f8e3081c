"""Live streams of the queue: what the display, a ticket's page and staff pages receive, and who may listen.

``channels``: the streams and their addresses. ``feed``: the queue's events and each location's board, read once per
process for all streams.

Uses: queue, hosting, display.
"""
