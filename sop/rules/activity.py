"""Rules for the activity of a step: one activity per row, starting with an active verb."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from .finding import ERROR, WARNING, Finding, step_finding
from .flow import FlowStep

_ACTIVE = re.compile(r"(me(ng|ny|m|n|l|r|w|y)|be(r|k|l))[a-z]{2,}$")
# Active verbs without a prefix; below, words that only look like verbs.
_BARE_VERB = re.compile(
    r"(datang|pergi|pulang|hadir|masuk|keluar|tiba|kembali|naik|turun|duduk|ikut|mulai|selesai|mohon|minta|maju|pindah)$"
)
_LOOKALIKE = re.compile(
    r"(mekanisme|menteri|menit|mentor|menu|member|melalui|menurut|mengenai|memo|metode|merek|merah|mesin|merupakan|"
    r"berkas|berita|berdasarkan|bersama|berikut|beras|berbagai|beberapa|berapa|bertempat|berhubung|berupa|berlaku|"
    r"berkah|berat|beranda|belanja|belum|bekal|bekas|berlian)$"
)
_FIRST = re.compile(r"[\W\d_]*([^\W\d_]+)")
_BARE = re.compile(r"\W*(mulai|selesai|start|end|finish|begin|awal|akhir)\W*", re.IGNORECASE)
# Where another activity can start: a new line, a list marker, a new sentence, the text after a semicolon.
_LINE = re.compile(r"\n+")
_MARK = re.compile(r"(?:^|\s)(?:\(?\d{1,2}[.)]|\(?[a-h][.)]|[-–•*▪])\s+")
_SENTENCE = re.compile(r"(?<=\w\w[.;])\s+(?=[A-Z])|(?<=;)\s+")


def starts_with_active_verb(activity: str) -> bool:
    """Whether the first word is an active verb, judged by its form alone ("Menerima", "Berkoordinasi")."""
    first = _FIRST.match(activity)
    word = first.group(1).lower() if first else ""
    return bool(_BARE_VERB.match(word)) or bool(_ACTIVE.match(word) and not _LOOKALIKE.match(word))


def activities_in(text: str) -> int:
    """How many activities a row holds, judged by its lines, list markers and sentences that start with a verb.

    A list of documents is not a list of activities, and "dan" never separates two activities.
    """
    counts = []
    for pattern in (_LINE, _MARK, _SENTENCE):
        parts = [part for part in pattern.split(text) if part.strip()]
        counts.append(sum(_begins(part) for part in parts))
    return max(counts)


def _begins(part: str) -> bool:
    """Whether a part starts a new activity: a verb with a capital letter, after the list marker if there is one.

    A part in lower case is the continuation of a wrapped line.
    """
    return starts_with_active_verb(part) and part.strip(" \t-–•*▪0123456789.)(")[:1].isupper()


def activity_findings(step: FlowStep) -> Iterator[Finding]:
    """Findings on the activity of a step. Decisions are questions, so their verb and sentences are not checked."""
    text = step.activity.strip()
    if not _FIRST.match(text):
        message = _("uraian kegiatan belum diisi. Tulis kegiatannya, misalnya “Menerima berkas”.")
        yield step_finding(step, ERROR, "no_activity", message, "activity")
        return
    if _BARE.fullmatch(text):
        message = _("baris ini hanya bertuliskan “%(text)s”. Gabungkan dengan kegiatan yang nyata.")
        yield step_finding(step, WARNING, "bare_row", message, "activity", text=text)
    elif step.shape != "decision" and not starts_with_active_verb(text):
        message = _("kegiatan sebaiknya diawali kata kerja aktif, misalnya “Menerima …”, bukan “%(word)s …”.")
        yield step_finding(step, WARNING, "no_active_verb", message, "activity", word=text.split(maxsplit=1)[0][:40])
    count = activities_in(text) if step.shape != "decision" else 0
    if count > 1:
        message = _("satu baris memuat %(count)s kegiatan. Pecah menjadi langkah tersendiri.")
        yield step_finding(step, WARNING, "several_activities", message, "activity", count=count)
