"""``make mutants``: changes the portal's code and guards in small ways and reports the changes that no test notices.

``mutations`` proposes changes of Python code, ``guards`` those of the database. ``reach`` knows which tests run a line
(recorded by ``recording``), ``choosing`` selects tests, and ``trying`` runs them on the changed code in forked
processes. ``__main__`` is the command.

docs/dependencies.md says why no existing tool is used.
"""
