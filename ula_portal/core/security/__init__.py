"""Access and secrets: log-in, codes, secrets at rest, rate limits, client addresses, second factor.

Uses: text.
"""
