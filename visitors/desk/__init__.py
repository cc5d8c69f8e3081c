"""The front desk's screen: looking up, checking in, printing, and entering numbers from paper.

Uses: places, queue, hosting, checkin, appointments, closing, counter.
"""
