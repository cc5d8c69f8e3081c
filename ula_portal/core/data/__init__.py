"""How rows are written and read safely: keys of forms, numbers without gaps, pages by key, outages.
The texts of the database's own functions and triggers, and whether a database is of this version.

Uses: security, verbs.
"""
