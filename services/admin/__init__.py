"""Pages of the admin panel, one room per subject."""

from . import alarms, cases, catalogue, routing, words  # noqa: F401 (they register themselves)
