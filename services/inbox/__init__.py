"""The inbox: what a person has to do, may take, waits for and has done; search, filters, several at once.

Uses: deadlines, engine, alarms.
Verbs: change_filter, claim_in_bulk, delete_filter, hand_over_in_bulk, remind_in_bulk, save_filter.
"""
