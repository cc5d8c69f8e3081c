"""Figures for heads: load, where cases wait, what a period brought, and the cases behind each figure.

Uses: nothing of its floor.
"""
