"""Runs the portal's processes: ``command`` is the server's command line, ``supervisor`` keeps the page processes, the
worker and the embedded database running (``children``, ``database``).

Uses only core and the embedded PostgreSQL.
"""
