"""What every page stands on: middleware, the staff rail, tags, kept input, the panel's site, pages of the house.

Uses: text, security, data, live, notices, office.
"""
