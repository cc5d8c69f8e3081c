"""Changing the documents of a request: uploading, replacing, removing, restoring and judging them.

Uses: papers, engine.
Verbs: attach_document, clear_verdict, judge_document, remove_document, restore_document.
"""
