"""Applying for a service: drafts, submission online and at the desk, and the receipt.

Uses: fields, deadlines, catalogue, papers, engine, attachments, routing.
Verbs: carry_over, complete_answers, create_draft, drop_old_drafts, open_walk_in_request, record_paper_request,
save_answers, submit_request, write_to_office.
"""
