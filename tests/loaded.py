"""Imported by the server process of ``tests.processes``: Django is loaded once, for all that are forked from it."""

import django

django.setup()
