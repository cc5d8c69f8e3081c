"""The counter: opened, calling, serving, passing on, finishing; the end of the day.

Uses: places, queue.
Verbs: call_next, call_particular, close_session, end_past_days, finish, hold, no_show, open_session, pause, recall,
report_back, report_back_oneself, resume, start_serving, transfer, unpause.
"""
