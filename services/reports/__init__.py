"""Figures for heads: load, where cases wait, results of a period, and the cases behind each figure.

Uses: nothing of its floor.
"""
