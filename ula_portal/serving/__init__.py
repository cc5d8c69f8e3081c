"""Runs the portal's processes: ``preparing`` checks and migrates, ``command`` is the server's command line,
``supervisor`` keeps the page processes, the worker and the embedded database running (``children``, ``database``).

Command: ``start``. ``manage.py demo`` runs the same supervisor.
"""
