"""Paper: the one place that makes PDFs, and what finishes them for the archive.

Uses: nothing of its floor.
"""
