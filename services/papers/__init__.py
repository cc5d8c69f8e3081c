"""Papers of a request as they are read: which are asked for, which came, which fit, which originals are held.

Uses: fields.
"""
