"""Millions of rows for measurements: generated from a seed, loaded with COPY through all constraints and triggers.

``requests`` and ``visits`` create batches; ``copying`` writes each in one transaction while the next is being created.
"""
