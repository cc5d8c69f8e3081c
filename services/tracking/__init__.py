"""Tracking a request: what its applicant can read and do, by secret address or by number and code.

Uses: fields, deadlines, papers, engine, attachments, letters, conversation, applying.
Verbs: ask_for_new_code, renew_code.
"""
