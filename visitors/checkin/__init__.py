"""Checking in: who came for what, numbers on paper, and correcting an errand.

Uses: queue, hosting.
Verbs: check_in, correct_visit, enter_from_paper, reserve_numbers.
"""
