"""Rows by the million for measuring: made up from a seed, loaded by COPY through all constraints and triggers.

``requests`` and ``visits`` make batches, ``copying`` writes each in one transaction while the next is being made.
"""
