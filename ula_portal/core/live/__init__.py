"""The interface of live streams: channels, changed topics, and waking the listeners. Served by ``ula_portal.live``.

Uses: nothing of its floor.
"""
