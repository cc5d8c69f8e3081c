"""How rows are written and read safely: refusals, keys of forms, numbers without gaps, pages by key, outages.

Uses: security.
"""
