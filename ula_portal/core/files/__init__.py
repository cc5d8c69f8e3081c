"""Files from outside: judged by their content, scanned, stored under random names, looked at page by page.

Uses: verbs, text.
"""
