"""Originals at the desk: taking them in, keeping them on a shelf, returning them, and the sheet of missing papers.

Uses: papers, engine.
Verbs: print_shortage, return_original, take_in_papers.
"""
