"""Pictures of every page of every role in its states, as contact sheets with a report of what the browser found.

``addresses`` lists the pages from the access table, ``objects`` finds what they show in a database, ``states`` prepares
the databases, ``camera`` takes the pictures, ``sheets`` puts them together. Run with ``make screenshots``.
"""
