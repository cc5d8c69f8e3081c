"""The counter: opening it, calling, serving, transferring and finishing; the end of the day.

Uses: places, queue.
Verbs: call_next, call_particular, close_session, end_past_days, finish_serving, hold, no_show, open_session, pause,
recall, report_back, resume, start_serving, transfer, unpause.
"""
