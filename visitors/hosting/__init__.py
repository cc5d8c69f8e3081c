"""Guests: who came for whom, told and answered; who is in the house; who has left.

Uses: places, queue.
Verbs: answer_host, call_host, check_out, take_back_leaving.
"""
