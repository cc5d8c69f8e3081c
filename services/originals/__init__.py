"""Originals at the desk: taken in, kept on a shelf, given back, and the sheet of what is lacking.

Uses: papers, engine.
Verbs: print_shortage, return_original, take_in_papers.
"""
