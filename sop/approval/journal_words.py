"""Descriptions of the journal's verbs about SOPs, for the journal's pages.

The keys are the verbs that the actions of drafting and approval pass to ``journal.record``. Some are composed of a
state there ("sop_" and "approved"), so a search for the whole key does not find them. ``sop.apps`` registers them.
"""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "sop_created": _("draf SOP dimasukkan"),
    "sop_replaced": _("draf SOP diganti"),
    "sop_new_draft": _("draf versi baru dimasukkan"),
    "sop_started": _("SOP baru mulai disusun"),
    "sop_revision_started": _("revisi SOP mulai disusun"),
    "sop_identity_saved": _("identitas SOP disunting"),
    "sop_actor_added": _("pelaksana ditambahkan"),
    "sop_actor_saved": _("pelaksana disunting"),
    "sop_actor_moved": _("urutan pelaksana diubah"),
    "sop_actor_removed": _("pelaksana dihapus"),
    "sop_step_added": _("langkah ditambahkan"),
    "sop_step_saved": _("langkah disunting"),
    "sop_step_moved": _("urutan langkah diubah"),
    "sop_step_split": _("langkah dibagi dua"),
    "sop_step_removed": _("langkah dihapus"),
    "sop_step_restored": _("langkah dipulihkan"),
    "sop_steps_pasted": _("langkah ditempelkan"),
    "sop_copy_restored": _("salinan draf dipulihkan"),
    "sop_proposed": _("SOP diajukan untuk verifikasi"),
    "actors_confirmed": _("pelaksana dipastikan"),
    "sop_verified": _("SOP diverifikasi"),
    "sop_returned": _("SOP dikembalikan kepada penyusun"),
    "sop_approved": _("SOP disahkan"),
    "sop_recorded": _("SOP yang disahkan di kertas dicatat"),
    "sop_declared_in_force": _("SOP yang sudah berlaku dicatat sebagai saldo awal"),
    "sop_correction_proposed": _("perbaikan SOP diusulkan"),
    "sop_correction_withdrawn": _("usulan perbaikan SOP ditarik"),
    "sop_correction_taken": _("usulan perbaikan SOP dipakai"),
    "sop_correction_declined": _("usulan perbaikan SOP ditolak"),
    "sop_published": _("SOP diterbitkan"),
    "sop_superseded": _("SOP digantikan versi baru"),
    "sop_withdrawn": _("SOP dicabut"),
}
