"""Read-only queries on the papers of a request: which are required, present, accepted, and held as originals.

Uses: fields.
"""
