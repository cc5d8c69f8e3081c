"""Appointments (*janji temu*): plans, slots, seats, bookings; coming, missing, being reminded.

Uses: places, queue, checkin.
Verbs: add_slot_plan, arrive, book, cancel_booking, close_between, close_slots, follow_all_plans, follow_plans,
mark_missed, move_booking, open_due_slots, release, remind, reopen_slots.
"""
