"""Words about a case: asked and answered, messages to the applicant, notes that call colleagues.

Uses: papers, engine.
Verbs: add_internal_note, applicant_answers, ask_applicant, close_unanswered, declare_complete, ensure_ready_words,
read_mentions, withdraw_request, write_to_applicant.
"""
