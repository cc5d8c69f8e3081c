"""Letters: templates, numbers, issuing, handing over to the applicant, and verification by the printed code.

Uses: fields, engine.
Verbs: add_letter_template, ensure_letter_templates, hand_over_letter, issue_letter, letter_downloaded.
"""
