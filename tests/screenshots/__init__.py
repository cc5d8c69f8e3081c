"""Pictures of every page for every role and state, as contact sheets with a report of problems that the browser found.

``addresses`` lists the pages of the access table, ``objects`` finds objects in a database to show on them, ``states``
prepares the databases, ``camera`` takes the pictures, ``sheets`` arranges them. Run with ``make screenshots``.
"""
