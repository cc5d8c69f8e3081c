"""The engine moves a case along its SOP: who may see and work it, which moves are refused, what can be undone.

Uses: deadlines, papers.
Verbs: attach_paper, claim_step, complete_step, complete_steps, decide_step, detach_paper, follow_presence, reassign,
recompute_due_dates, record_on_paper, skip_step, start_step, take_back_step.
"""
