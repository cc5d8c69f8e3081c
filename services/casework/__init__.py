"""The page of a case: its rights, verbs, checklist and side panel, and recording steps that were done on paper.

Uses: fields, deadlines, papers, engine, attachments, originals, letters, conversation, applying, tracking, inbox.
Verbs: record_reading, record_reading_of_paper, record_reading_once_a_day, record_receipt_reprint, record_sheet_print.
"""
