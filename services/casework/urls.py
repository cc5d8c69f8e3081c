"""Addresses of the case side: inbox, case page, letters and their verification."""

from django.urls import path

from services.applying.views import desk as case_answers
from services.conversation import views as mentions
from services.inbox.views import bulk as inbox_bulk
from services.inbox.views import inbox
from services.inbox.views import saved as inbox_saved
from services.letters import views as letters
from services.originals import views as case_intake

from .views import cases, disposition
from .views import news as case_news
from .views import recording as case_recording

urlpatterns = [
    path("petugas/kasus/", inbox.case_list, name="case_list"),
    path("petugas/asli/", case_intake.held_list, name="held_list"),
    path("petugas/sebutan/", mentions.mention_list, name="mention_list"),
    path("petugas/kasus/cari/", inbox.case_search, name="case_search"),
    path("petugas/kasus/baru/", inbox_bulk.case_news, name="case_news"),
    path("petugas/kasus/bersama/", inbox_bulk.case_bulk, name="case_bulk"),
    path("petugas/kasus/saringan/", inbox_saved.case_filters, name="case_filters"),
    path("petugas/kasus/saringan/<int:pk>/", inbox_saved.case_filter, name="case_filter"),
    path("petugas/kasus/<str:number>/", cases.case_detail, name="case_detail"),
    path("petugas/kasus/<str:number>/kabar/", case_news.case_changes, name="case_changes"),
    path("petugas/kasus/<str:number>/pratinjau/", cases.case_letter_preview, name="case_letter_preview"),
    path("petugas/kasus/<str:number>/tanda-terima/", cases.case_receipt, name="case_receipt"),
    path("petugas/kasus/<str:number>/disposisi/", disposition.disposition, name="case_disposition"),
    path("petugas/kasus/<str:number>/disposisi/pdf/", disposition.disposition_pdf, name="case_disposition_pdf"),
    path("petugas/kasus/<str:number>/berkas/<int:pk>/", cases.case_document, name="case_document"),
    path(
        "petugas/kasus/<str:number>/berkas/<int:pk>/halaman/<int:page>/",
        cases.case_document_page,
        name="case_document_page",
    ),
    path("petugas/kasus/<str:number>/isian/", case_answers.case_answers, name="case_answers"),
    path("petugas/kasus/<str:number>/isian/<slug:key>/", case_answers.case_upload, name="case_upload"),
    path("petugas/kasus/<str:number>/dokumen/", case_intake.case_intake, name="case_intake"),
    path("petugas/kasus/<str:number>/dokumen/<int:pk>/kembali/", case_intake.case_return, name="case_return"),
    path("petugas/kasus/<str:number>/kekurangan/", case_intake.case_shortage, name="case_shortage"),
    path("petugas/kasus/<str:number>/catat/", case_recording.case_record, name="case_record"),
    path("petugas/kasus/<str:number>/lembar/<int:pk>/", case_recording.case_paper, name="case_paper"),
    path("petugas/kasus/<str:number>/surat/<int:pk>/", cases.case_letter, name="case_letter"),
    path("petugas/kasus/<str:number>/<slug:slug>/", cases.case_act, name="case_act"),
    path("verifikasi/", letters.verify_form, name="verify_form"),
    path("verifikasi/<str:code>/", letters.letter_verify, name="letter_verify"),
]
