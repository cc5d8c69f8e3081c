"""The page of a case, which brings all together: its rights, verbs, checklist, sides, and what is recorded of paper.

Uses: fields, deadlines, papers, engine, attachments, originals, letters, conversation, applying, tracking, inbox.
Verbs: record_looking, record_reading, record_reading_of_paper, record_reprint, record_sheet.
"""
