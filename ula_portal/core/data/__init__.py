"""Reading and writing rows safely: idempotency keys, gapless numbers, keyset pagination, outages.
Also the SQL of the database's functions and triggers, and the check that a database fits this version.

Uses: security, text, verbs.
"""
