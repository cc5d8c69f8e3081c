"""Live streams: what the apps have registered (``core.live.channels``), answered beside Django's pages.

``application``: the ASGI application that ``ula_portal.asgi`` hands these paths to. ``gate``: whose request it is and
whether it may pass at all. ``hub``: the one reader and the one listener of a process. What a stream tells, and who may
open it, is the apps' matter.
"""
