"""Text that people type and read: cleaning, search terms, form fields, dates and numbers in two languages.

Uses: nothing of its floor.
"""
