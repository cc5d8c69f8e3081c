"""The one place that makes PDFs and finishes them for archiving.

Uses: nothing of its floor.
"""
