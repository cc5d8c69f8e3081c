"""Imported by the fork server of ``tests.processes``, so that Django is loaded once for all its children."""

import django

django.setup()
