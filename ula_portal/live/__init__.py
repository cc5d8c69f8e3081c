"""Serves the live streams that apps have registered (``core.live.channels``), outside Django.

``application``: the ASGI application for the paths below ``/live/``; ``gate``: checks of the request; ``hub``: the one
reader and the one listener of a process. The apps decide what a stream contains and who may open it.
"""
