"""Conversation about a case: asking the applicant, their answers, messages, and notes that mention colleagues.

Uses: papers, engine, letters.
Verbs: add_internal_note, applicant_answers, ask_applicant, close_unanswered, declare_complete,
ensure_message_templates, read_mentions, withdraw_request, write_to_applicant.
"""
