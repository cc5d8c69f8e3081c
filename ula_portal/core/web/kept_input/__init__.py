"""Kept input: a staff form that was submitted after the session had ended is stored, and restored after the log-in.

``rules`` decides what may be stored, ``storage`` stores it encrypted for half an hour and one account, ``filling``
writes it into the fields of the page, and ``middleware`` does both for every staff page without any code in views. It
works without JavaScript, since the server fills the fields.
"""
