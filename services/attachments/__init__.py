"""Papers of a request as they change: uploaded, replaced, removed, judged.

Uses: papers, engine.
Verbs: attach_document, clear_verdict, judge_document, remove_document, restore_document.
"""
