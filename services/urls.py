"""URLs of services and requests: the citizens' pages here, the staff's in ``casework/urls.py``."""

import importlib.util

from django.urls import path

from .applying.views import applicant, documents
from .catalogue import views as catalogue
from .exchange.urls import urlpatterns as exchange_urls
from .form_editor import urls as form_editor
from .schools.views import school_search
from .tracking.views import documents as tracking_documents
from .tracking.views import lost_code, receipts, tracking

_draft = "layanan/<slug:slug>/ajukan/<str:token>"
citizen_urls = [
    path("", catalogue.home, name="home"),
    path("layanan/", catalogue.service_list, name="service_list"),
    path("layanan/<slug:slug>/", catalogue.service_detail, name="service_detail"),
    path("layanan/<slug:slug>/poster/", catalogue.service_poster, name="service_poster"),
    path("layanan/<slug:slug>/poster/pdf/", catalogue.service_poster_pdf, name="service_poster_pdf"),
    path("layanan/<slug:slug>/ajukan/", applicant.apply_start, name="apply_start"),
    path(f"{_draft}/", applicant.apply_data, name="apply_data"),
    path(f"{_draft}/isi/<int:part>/", applicant.apply_data, name="apply_part"),
    path(f"{_draft}/lanjut/", applicant.apply_continue, name="apply_continue"),
    path("lanjutkan/", applicant.apply_resume, name="apply_resume"),
    path(f"{_draft}/simpan/", applicant.apply_saved, name="apply_saved"),
    path(f"{_draft}/berkas/", documents.apply_documents, name="apply_documents"),
    path(f"{_draft}/berkas/<int:document_id>/lihat/", documents.apply_file, name="apply_file"),
    path(f"{_draft}/berkas/<int:document_id>/hapus/", documents.apply_remove, name="apply_remove"),
    path(f"{_draft}/berkas/<int:document_id>/kembalikan/", documents.apply_restore, name="apply_restore"),
    path(f"{_draft}/berkas/<slug:key>/", documents.apply_upload, name="apply_upload"),
    path(f"{_draft}/periksa/", applicant.apply_review, name="apply_review"),
    path("sekolah/", school_search, name="school_search"),
    path("lacak/", tracking.track, name="track"),
    path("lacak/kode-hilang/", lost_code.code_lost, name="code_lost"),
    path("lacak/kode-baru/<str:token>/", lost_code.code_renew, name="code_renew"),
    path("lacak/<str:token>/", tracking.track_detail, name="track_detail"),
    path("lacak/<str:token>/diterima/", receipts.receipt, name="receipt"),
    path("lacak/<str:token>/tanda-terima/", receipts.receipt_paper, name="receipt_paper"),
    path("lacak/<str:token>/tanda-terima/pdf/", receipts.receipt_pdf, name="receipt_pdf"),
    path("lacak/<str:token>/isian/", tracking.track_contents, name="track_contents"),
    path("lacak/<str:token>/jawab/", tracking.track_answer, name="track_answer"),
    path("lacak/<str:token>/pesan/", tracking.track_message, name="track_message"),
    path("lacak/<str:token>/tarik/", tracking.track_withdraw, name="track_withdraw"),
    path("lacak/<str:token>/surat/", tracking.track_letter, name="track_letter"),
    path("lacak/<str:token>/berkas/<int:document_id>/lihat/", tracking_documents.track_file, name="track_file"),
    path("lacak/<str:token>/berkas/<int:document_id>/hapus/", tracking_documents.track_remove, name="track_remove"),
    path(
        "lacak/<str:token>/berkas/<int:document_id>/kembalikan/", tracking_documents.track_restore, name="track_restore"
    ),
    path("lacak/<str:token>/berkas/<slug:key>/", tracking_documents.track_upload, name="track_upload"),
]

urlpatterns = [*citizen_urls, *exchange_urls]
if importlib.util.find_spec("services.casework.urls"):
    from .casework import urls as case_urls
    from .studio import urls as studio_urls

    urlpatterns += [*case_urls.urlpatterns, *form_editor.urlpatterns, *studio_urls.urlpatterns]
