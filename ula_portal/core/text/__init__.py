"""What people type and read: made plain, looked for, shown as dates and words of two languages.

Uses: nothing of its floor.
"""
