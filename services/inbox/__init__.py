"""The inbox: what a person has to do, may claim, waits for and has done; search, filters, and acts on several cases.

Uses: deadlines, engine, alarms.
Verbs: change_filter, claim_in_bulk, delete_filter, hand_over_in_bulk, remind_in_bulk, save_filter.
"""
