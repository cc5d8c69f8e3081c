"""``make mutants``: changes the portal's code and guards in small ways and tells which changes no test notices.

``mutations`` proposes changes of Python, ``guards`` those of the database; ``reach`` knows the tests that run a line
(``recording`` finds out); ``trying`` runs them on the changed code in forked processes; ``__main__`` is the command.
Why no ready-made tool: docs/dependencies.md.
"""
