"""Addresses of the SOP floor."""

from django.urls import path

from .drafting import views as intake
from .editor.views import actors, check, corrections, drafts, identity, paste, steps
from .library import views as public

urlpatterns = [
    path("sop/", public.sop_list, name="sop_list"),
    path("sop/<slug:slug>/", public.sop_detail, name="sop_detail"),
    path("sop/<slug:slug>/pdf/", public.sop_pdf, name="sop_pdf"),
    path("sop/<slug:slug>/unduh/<slug:kind>/", public.sop_download, name="sop_download"),
    path("sop/<slug:slug>/versi/<int:ordinal>/", public.sop_version, name="sop_version"),
    path("sop/<slug:slug>/versi/<int:ordinal>/pdf/", public.sop_version_pdf, name="sop_version_pdf"),
    path("petugas/sop/", drafts.drafts, name="sop_drafts"),
    path("petugas/sop/baru/", drafts.new, name="sop_new"),
    path("petugas/sop/berkas/", intake.take_in, name="sop_take_in"),
    path("petugas/sop/berkas/templat.xlsx", intake.empty_workbook, name="sop_take_in_template"),
    path("petugas/sop/versi-baru/<int:pk>/", drafts.revise, name="sop_revise"),
    path("petugas/sop/<int:pk>/", steps.steps, name="sop_edit"),
    path("petugas/sop/<int:pk>/identitas/", identity.identity, name="sop_edit_identity"),
    path("petugas/sop/<int:pk>/pelaksana/", actors.actors, name="sop_edit_actors"),
    path("petugas/sop/<int:pk>/pelaksana/baru/", actors.add, name="sop_edit_actor_add"),
    path("petugas/sop/<int:pk>/pelaksana/<int:actor_id>/", actors.change, name="sop_edit_actor"),
    path("petugas/sop/<int:pk>/langkah/", steps.add, name="sop_edit_add"),
    path("petugas/sop/<int:pk>/langkah/<int:step_id>/", steps.step, name="sop_edit_step"),
    path("petugas/sop/<int:pk>/dihapus/<int:removed_id>/", steps.restore, name="sop_edit_restore"),
    path("petugas/sop/<int:pk>/salinan/<int:copy_id>/", steps.restore_copy, name="sop_edit_restore_copy"),
    path("petugas/sop/<int:pk>/tempel/", paste.paste, name="sop_edit_paste"),
    path("petugas/sop/<int:pk>/sunting-sendiri/", check.edit_own, name="sop_edit_own"),
    path("petugas/sop/<int:pk>/usulan/", corrections.corrections, name="sop_edit_corrections"),
    path("petugas/sop/<int:pk>/usulan/<int:correction_id>/", corrections.answer, name="sop_edit_correction"),
    path("petugas/sop/<int:pk>/periksa/", check.check, name="sop_edit_check"),
    path("petugas/sop/<int:pk>/ajukan/", check.propose, name="sop_edit_propose"),
    path("petugas/sop/<int:pk>/pdf/", check.preview_pdf, name="sop_edit_pdf"),
    path("petugas/sop/<int:pk>/unduh/<slug:format>/", check.download, name="sop_edit_download"),
]
