"""The one place that makes PDFs and finishes them for archiving, and that draws SVGs of others.

Uses: verbs.
"""
