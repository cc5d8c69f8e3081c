"""The basis of all pages: middleware, the staff rail, template tags, kept input, the admin site, general pages.

Uses: verbs, text, security, data, journal, live, notices, office.
"""
