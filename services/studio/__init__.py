"""The service studio: pages on which an office prepares a service, step by step, and asks for or makes its publication.

Uses: fields, catalogue, letters.
Verbs: add_requirement, add_service, ask_publication, copy_service, discard_changes, make_letter_template,
move_requirement, publish_changes, publish_prepared, remove_requirement, save_requirement, save_service, undo_change.
"""
