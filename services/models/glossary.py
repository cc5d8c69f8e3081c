"""Explanations of office terms, shown where a requirement uses them."""

import re

from django.utils.translation import gettext_lazy as _

# Term as written in requirements → explanation. Only the first term found is explained.
TERMS = {
    "SPTJM": _(
        "SPTJM: Surat Pernyataan Tanggung Jawab Mutlak. Anda menyatakan bahwa isian dan berkas benar, lalu "
        "menandatanganinya di atas meterai Rp10.000. Boleh ditulis sendiri: nama, NIK, alamat, apa yang dinyatakan, "
        "tempat dan tanggal."
    ),
    "meterai": _(
        "Meterai Rp10.000 dibeli di kantor pos, minimarket, atau sebagai e-meterai. Meterai bukan biaya layanan ini."
    ),
    "Dapodik": _("Dapodik: data pokok pendidikan, diisi oleh operator sekolah. Mintalah buktinya kepada sekolah."),
    "SKP": _("SKP: sasaran kinerja pegawai. Cetakannya ada pada aplikasi kinerja atau pada atasan Anda."),
    "PAK": _("PAK: penetapan angka kredit jabatan fungsional, dari pejabat yang berwenang menetapkannya."),
}
_PATTERNS = [(re.compile(rf"\b{re.escape(term)}\b", re.IGNORECASE), text) for term, text in TERMS.items()]


def explanation_of(text: str) -> str:
    """The explanation of the first term of TERMS that occurs in a requirement; "" if none does."""
    return next((str(explanation) for pattern, explanation in _PATTERNS if pattern.search(text)), "")
