"""What serves the portal, in the demo and in an office: ``command`` is the server's command line, ``supervisor`` keeps
the page processes, the worker and the embedded database running (``children``, ``database``).

Uses core and the embedded PostgreSQL only; the commands that start a portal use it.
"""
