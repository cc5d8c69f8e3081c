"""Live streams as apps describe them: channels, what changed, and waking the screens. Served by ``ula_portal.live``.

Uses: nothing of its floor.
"""
