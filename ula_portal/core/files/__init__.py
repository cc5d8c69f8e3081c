"""Uploaded files: checked by their content, scanned, stored under random names, shown page by page.

Uses: verbs, text.
"""
