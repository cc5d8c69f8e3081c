"""Writing a draft: one verb per change, also for several users at the same time; importing files, copies and undo.

Uses: rules, exchange.
Verbs: add_actor, add_step, confirm_actors, import_sop, move_actor, move_step, paste_steps, remove_actor, remove_step,
restore_copy, restore_step, save_actor, save_identity, save_step, split_step, start_revision, start_sop.
"""
