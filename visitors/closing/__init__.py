"""Closing: service stopped at once or at another end, times of appointments closed and opened again.

Uses: places, queue, appointments.
Verbs: close_suddenly, move_end, reopen.
"""
