"""Following a request: what its applicant reads and does, by secret address or number and code.

Uses: fields, deadlines, papers, engine, attachments, letters, conversation, applying.
Verbs: ask_for_new_code, renew_code.
"""
