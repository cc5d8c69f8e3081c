"""Who may come in and what must stay secret: codes, secrets at rest, limits, client addresses, second factor.

Uses: text.
"""
