"""Appointments (*janji kedatangan*): plans, slots, seats and bookings; arriving, being missed, reminders.

Uses: places, queue, checkin.
Verbs: add_slot_plan, arrive, book, cancel_booking, close_slots, follow_all_plans, mark_missed, move_booking,
open_due_slots, remind_visitors, reopen_slots.
"""
