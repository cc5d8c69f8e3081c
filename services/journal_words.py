"""What the journal's verbs about services and requests mean."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "import_service": _("layanan dimasukkan dari katalog"),
    "publish_service": _("layanan diterbitkan"),
    "withdraw_service": _("layanan ditarik"),
    "add_letter_template": _("templat surat ditambahkan"),
    "add_routing_rule": _("aturan penerusan ditambahkan"),
    "submit_request": _("permohonan dikirim"),
    "write_to_office": _("pemohon menulis pesan"),
    "document_added": _("berkas ditambahkan"),
    "document_removed": _("berkas dihapus"),
    "read_document": _("berkas dibuka"),
    "route_case": _("permohonan diteruskan"),
    "claim_step": _("langkah diambil"),
    "start_step": _("langkah dimulai"),
    "complete_step": _("langkah diselesaikan"),
    "skip_step": _("langkah dilewati"),
    "reassign_step": _("langkah dialihkan"),
    "reprint_receipt": _("tanda terima dicetak ulang"),
    "ask_applicant": _("pemohon diminta melengkapi"),
    "applicant_answers": _("pemohon melengkapi"),
    "declare_complete": _("berkas dinyatakan lengkap"),
    "issue_letter": _("surat diterbitkan"),
    "download_letter": _("surat diunduh"),
    "hand_over_letter": _("surat diserahkan"),
    "add_internal_note": _("catatan internal ditulis"),
    "ask_for_new_code": _("kode pelacakan baru diminta"),
    "renew_code": _("kode pelacakan baru dibuat"),
    "withdraw_request": _("permohonan ditarik"),
    "close_unanswered": _("permohonan ditutup tanpa jawaban"),
}
