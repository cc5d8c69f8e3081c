"""Texts of the letter templates that a new office gets; administrators edit them in the admin panel.

Source: classification codes as in standards 6, to be confirmed by the office's archivist.
"""

from typing import NotRequired, TypedDict

GENERAL = "rekomendasi-umum"
REFUSAL = "penolakan"
LEGALISATION = "legalisasi"

_OPENING = "Berdasarkan permohonan nomor {request_number} tanggal {submitted_on}, yang kami terima dari:"
_WHO = "Nama: {applicant}\nLayanan: {service}"
_CLOSING = "Demikian surat ini dibuat untuk dipergunakan sebagaimana mestinya."


class Wording(TypedDict):
    """Columns of a ``LetterTemplate``."""

    name: str
    title: str
    classification: str
    body: str
    is_refusal: NotRequired[bool]
    number_pattern: NotRequired[str]
    subject: NotRequired[list[str]]


def _letter(*blocks: str) -> str:
    return "\n\n".join(blocks)


def _recommendation(grounds: str) -> str:
    return _letter(
        _OPENING,
        _WHO,
        grounds,
        "Surat ini berlaku untuk keperluan tersebut dan tidak dapat dipergunakan untuk keperluan lain.",
        _CLOSING,
    )


_RECOMMENDED = (
    "dengan ini kami menerangkan bahwa permohonan tersebut telah diperiksa, memenuhi persyaratan, dan dapat disetujui "
    "sesuai dengan ketentuan yang berlaku."
)


def _template(name: str, title: str, classification: str, body: str, is_refusal: bool = False) -> Wording:
    return {
        "name": name,
        "title": title,
        "classification": classification,
        "body": body,
        "is_refusal": is_refusal,
    }


DEFAULTS = (
    (
        GENERAL,
        _template("Rekomendasi umum", "Surat Rekomendasi", "400.3.5", _recommendation(_RECOMMENDED)),
    ),
    (
        "rekomendasi-paud",
        _template(
            "Rekomendasi PAUD dan pendidikan nonformal", "Surat Rekomendasi", "400.3.2", _recommendation(_RECOMMENDED)
        ),
    ),
    (
        "rekomendasi-gtk",
        _template(
            "Rekomendasi guru dan tenaga kependidikan", "Surat Rekomendasi", "400.3.7", _recommendation(_RECOMMENDED)
        ),
    ),
    (
        "keterangan-data",
        _template("Keterangan data pendidikan", "Surat Keterangan", "400.3.12", _recommendation(_RECOMMENDED)),
    ),
    (
        "kepegawaian",
        _template("Surat kepegawaian", "Surat Keterangan", "800.1", _recommendation(_RECOMMENDED)),
    ),
    (
        LEGALISATION,
        _template(
            "Pengesahan fotokopi (legalisasi)",
            "Surat Keterangan Pengesahan Fotokopi",
            "400.3.5",
            _letter(
                _OPENING,
                _WHO,
                "dengan ini kami menerangkan bahwa fotokopi dokumen yang diajukan telah dicocokkan dengan aslinya, "
                "sesuai, dan telah kami sahkan. Keaslian isi dokumen tetap menjadi tanggung jawab pemiliknya.",
                _CLOSING,
            ),
        ),
    ),
    (
        REFUSAL,
        _template(
            "Penolakan permohonan",
            "Pemberitahuan Penolakan Permohonan",
            "400.3.5",
            _letter(
                _OPENING,
                _WHO,
                "dengan ini kami memberitahukan bahwa permohonan tersebut tidak dapat dikabulkan dengan alasan sebagai "
                "berikut:",
                "{reason}",
                "Dasar hukum: {legal_basis}",
                "Saudara dapat mengajukan keberatan secara tertulis kepada Kepala Dinas paling lama "
                "{objection_days} hari kerja sejak tanggal surat ini, dan dapat mengajukan permohonan kembali setelah "
                "persyaratan dipenuhi.",
                _CLOSING,
            ),
            is_refusal=True,
        ),
    ),
)
