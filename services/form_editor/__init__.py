"""The editor of a service's form: its draft with pages and fields, the preview, publishing it, and former versions.

Uses: fields, catalogue, applying.
Verbs: start_draft, copy_form, discard_draft, add_page, save_page, move_page, remove_page, add_field, save_field,
change_type, move_field, copy_field, remove_field, restore_field, add_column, move_column, remove_column, publish_form,
reuse_form.
"""
