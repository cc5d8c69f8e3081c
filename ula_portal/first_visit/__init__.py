"""The first visit to an empty portal: the address that a start prints (``printed``), and the page that makes the first
administrator there and leads to the set-up. The verbs are in ``core.office.actions.first_administrator``.

Command: ``first_admin``, for an office whose administrators can no longer log in.
"""
