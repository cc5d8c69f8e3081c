"""What the journal's verbs about counters mean."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "add_counter": _("loket ditambahkan"),
}
