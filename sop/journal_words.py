"""What the journal's verbs about SOPs mean."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "sop_created": _("draf SOP dimasukkan"),
    "sop_replaced": _("draf SOP diganti"),
    "sop_new_draft": _("draf versi baru dimasukkan"),
    "actors_confirmed": _("pelaksana dipastikan"),
    "sop_verified": _("SOP diverifikasi"),
    "sop_returned": _("SOP dikembalikan menjadi draf"),
    "sop_approved": _("SOP disahkan"),
    "sop_published": _("SOP diterbitkan"),
    "sop_superseded": _("SOP digantikan versi baru"),
    "sop_withdrawn": _("SOP dicabut"),
}
