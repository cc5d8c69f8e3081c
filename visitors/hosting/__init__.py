"""Guests: whom they came for, the host's answer, who is in the building, and who has left.

Uses: places, queue.
Verbs: answer_host, check_out, take_back_leaving.
"""
