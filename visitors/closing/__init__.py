"""Closing: service stopped immediately or ended at another time, and times of appointments closed and reopened.

Uses: places, queue, appointments.
Verbs: close_suddenly, move_end, reopen.
"""
