"""The rules of PermenPAN-RB 35/2012 that a program can check, as findings on a flow. Pure: no database."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .flow import Flow, reachable

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class Finding:
    """``level``: error bars approval, warning does not; ``step_no``: None when it concerns the whole SOP."""

    level: str
    step_no: int | None
    code: str
    message: str


def findings(flow: Flow, people: Iterable[str] = ()) -> list[Finding]:
    """Everything the rules say about a flow: whole SOP first, then by step; errors before warnings of a step.

    ``people``: full names of staff, so that an actor written as one of them is found whatever it looks like.
    """
    found = [*_starts_and_ends(flow), *_actors(flow, people), *_ways(flow)]
    for step in flow.steps:
        found += [*_exits(step), *_standard(step), *_wording(step)]
    return sorted(found, key=lambda f: (f.step_no or 0, f.level))


def actor_findings(flow: Flow) -> list[Finding]:
    """What bars approval although the document itself is sound: actors that no person has matched yet."""
    found = []
    for actor in flow.actors:
        if actor.kind == "position" and actor.position_id is None:
            message = _("Pelaksana “%(name)s” belum dihubungkan dengan jabatan di kantor ini. Pilih jabatannya.")
            found.append(Finding(ERROR, None, "actor_without_position", message % {"name": actor.name}))
        elif not actor.confirmed:
            message = _("Pelaksana “%(name)s” belum dipastikan. Periksa jenisnya lalu simpan.")
            found.append(Finding(ERROR, None, "actor_unconfirmed", message % {"name": actor.name}))
    return found


def errors(found: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.level == ERROR]


def warnings(found: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.level == WARNING]


# Starts, ends and the ways between them


def _starts_and_ends(flow):
    starts = [step.no for step in flow.steps if step.shape == "start"]
    if not starts:
        yield Finding(
            ERROR, None, "no_start", _("SOP belum mempunyai langkah mulai. Jadikan satu langkah berbentuk mulai.")
        )
    for no in starts[1:]:
        message = _("Langkah %(no)s: langkah mulai kedua. SOP mempunyai tepat satu mulai; ubah menjadi proses.")
        yield Finding(ERROR, no, "second_start", message % {"no": no})
    if not any(step.shape == "end" for step in flow.steps):
        yield Finding(
            ERROR, None, "no_end", _("SOP belum mempunyai langkah selesai. Jadikan langkah terakhir berbentuk selesai.")
        )
    if flow.start and flow.actors and flow.actors[0].id not in flow.start.actor_ids:
        message = _(
            "Langkah %(no)s: mulai tidak berada di kolom pelaksana pertama. "
            "Susun kolom menurut urutan pekerjaan, bukan pangkat."
        )
        yield Finding(WARNING, flow.start.no, "start_not_first_column", message % {"no": flow.start.no})


def _ways(flow):
    exits = {step.id: step.exit_ids for step in flow.steps}
    backwards = {step.id: tuple(pk for pk in exits if step.id in exits[pk]) for step in flow.steps}
    from_start = {flow.start.id} | reachable(exits, flow.start.id) if flow.start else set(exits)
    to_end = set()
    for step in flow.steps:
        if step.shape == "end":
            to_end |= {step.id} | reachable(backwards, step.id)
    for step in flow.steps:
        if step.id not in from_start and step.shape != "start":
            message = _("Langkah %(no)s: tidak dapat dicapai dari mulai. Hubungkan langkah sebelumnya ke langkah ini.")
            yield Finding(ERROR, step.no, "unreachable", message % {"no": step.no})
        # A step without any exit is told so by its own finding.
        if step.id not in to_end and step.exit_ids:
            message = _("Langkah %(no)s: alurnya tidak pernah sampai ke langkah selesai. Perbaiki panah sesudahnya.")
            yield Finding(ERROR, step.no, "no_way_to_end", message % {"no": step.no})


def _exits(step):
    no = {"no": step.no}
    if step.shape == "decision":
        if len(step.exit_ids) != 2:
            message = _("Langkah %(no)s: keputusan harus mempunyai tepat dua cabang, ya dan tidak, ke langkah berbeda.")
            yield Finding(ERROR, step.no, "decision_exits", message % no)
        if step.next_id is not None:
            message = _("Langkah %(no)s: keputusan tidak memakai panah “berikutnya”; hapus dan gunakan ya dan tidak.")
            yield Finding(ERROR, step.no, "decision_next", message % no)
        return
    if step.if_yes_id is not None or step.if_no_id is not None:
        message = _("Langkah %(no)s: cabang ya/tidak hanya untuk keputusan. Ubah bentuknya atau hapus cabangnya.")
        yield Finding(ERROR, step.no, "branch_without_decision", message % no)
    if step.shape == "end" and step.next_id is not None:
        message = _("Langkah %(no)s: langkah selesai tidak boleh diikuti langkah lain. Hapus panahnya.")
        yield Finding(ERROR, step.no, "end_with_exit", message % no)
    if step.shape != "end" and step.next_id is None:
        message = _("Langkah %(no)s: belum menunjuk langkah berikutnya. Isi “berikutnya” atau jadikan selesai.")
        yield Finding(ERROR, step.no, "no_exit", message % no)
    if step.next_id == step.id:
        message = _("Langkah %(no)s: menunjuk dirinya sendiri. Pilih langkah berikutnya yang lain.")
        yield Finding(ERROR, step.no, "points_to_itself", message % no)


# Quality standard


def _standard(step):
    no = {"no": step.no}
    if not step.seconds and step.lead_kind != "applicant":
        message = _("Langkah %(no)s: waktu belum diisi. Isi waktu baku dalam menit kerja (1 hari kerja = 450 menit).")
        yield Finding(ERROR, step.no, "no_time", message % no)
    if not step.output.strip():
        message = _("Langkah %(no)s: output belum diisi. Tuliskan apa yang dihasilkan langkah ini.")
        yield Finding(ERROR, step.no, "no_output", message % no)
    hours = hours_in(step.time_text)
    if hours is not None and hours >= 24:
        message = _(
            "Langkah %(no)s: waktu tertulis “%(text)s”. Pastikan maksudnya jam kerja atau hari kalender; "
            "bila hari, tulis dalam hari kerja."
        )
        yield Finding(WARNING, step.no, "many_hours", message % {**no, "text": step.time_text})


def hours_in(text: str) -> float | None:
    """The largest number of hours that a time names ("168 jam", "1 x 24 jam"), or None."""
    found = []
    for times, hours in re.findall(r"(?:(\d+)\s*[x×]\s*)?(\d+(?:[.,]\d+)?)\s*jam\b", text.lower()):
        found.append(float(hours.replace(",", ".")) * int(times or 1))
    return max(found, default=None)


# Wording

_ACTIVE = re.compile(r"(me(ng|ny|m|n|l|r|w|y)|be(r|k|l))[a-z]{2,}$")
# Active verbs without a prefix, and words that only look like verbs.
_BARE_VERB = re.compile(
    r"(datang|pergi|pulang|hadir|masuk|keluar|tiba|kembali|naik|turun|duduk|ikut|mulai|selesai|mohon|minta|maju|pindah)$"
)
_LOOKALIKE = re.compile(
    r"(mekanisme|menteri|menit|mentor|menu|member|melalui|menurut|mengenai|memo|metode|merek|merah|mesin|merupakan|"
    r"berkas|berita|berdasarkan|bersama|berikut|beras|berbagai|beberapa|berapa|bertempat|berhubung|berupa|berlaku|"
    r"berkah|berat|beranda|belanja|belum|bekal|bekas|berlian)$"
)


def starts_with_active_verb(activity: str) -> bool:
    """Whether the first word is an active verb, as far as its form tells ("Menerima", "Berkoordinasi")."""
    first = re.match(r"[\W\d_]*([^\W\d_]+)", activity)
    word = first.group(1).lower() if first else ""
    return bool(_BARE_VERB.match(word)) or bool(_ACTIVE.match(word) and not _LOOKALIKE.match(word))


def _wording(step):
    if re.fullmatch(r"\W*(mulai|selesai|start|end|finish)\W*", step.activity, re.IGNORECASE):
        message = _("Langkah %(no)s: baris ini hanya bertuliskan “%(text)s”. Gabungkan dengan kegiatan yang nyata.")
        yield Finding(WARNING, step.no, "bare_row", message % {"no": step.no, "text": step.activity})
    elif step.shape != "decision" and not starts_with_active_verb(step.activity):
        message = _(
            "Langkah %(no)s: kegiatan sebaiknya diawali kata kerja aktif, misalnya “Menerima …”, bukan “%(word)s …”."
        )
        word = step.activity.split(maxsplit=1)[0]
        yield Finding(WARNING, step.no, "no_active_verb", message % {"no": step.no, "word": word})


# Actors

_TITLE_BEFORE = re.compile(
    r"(?:^|\s)(?:Prof\.|Drs\.|Dra\.|Dr\.|Ir\.|Hj\.|H\.|KH\.|(?:Bapak|Ibu|Pak|Bu|Sdr\.?|Sdri\.?|Sdra\.?)\s(?=[A-Z]))"
)
_TITLE_AFTER = re.compile(
    r",\s*(?:S\.?\s?(?:Pd|E|H|Sos|Kom|IP|STP|T|Si|Ag|Psi|AP|Hum|K[oe]m|Kep|Farm|Ked|Stat|Par|I\.?Kom|Pt)|"
    r"M\.?\s?(?:Pd|M|Si|AP|H|Hum|Kom|T|Ag|Sc|A|E|Kes|IP|Psi|PA)|A\.?\s?Ma?\.?\s?(?:d|Pd)|Ph\.?\s?D|SE|SH|ST|MM|MH|MT)\b\.?"
)
# Hospitals and schools are named after people.
_INSTITUTION = re.compile(r"(RS|RSU|RSUD|Rumah Sakit|Puskesmas|Universitas|Yayasan|SD|SMP|TK|PKBM|LKP)\b")
_NIP = re.compile(r"\bNIP\b|\b\d{8}\s?\d{6}\s?\d\s?\d{3}\b")


def looks_like_person(name: str) -> bool:
    """Whether an actor's name carries what only people have: titles, a form of address or a NIP."""
    if _INSTITUTION.match(name):
        return False
    return bool(_NIP.search(name) or _TITLE_AFTER.search(name) or _TITLE_BEFORE.search(name))


def _actors(flow, people):
    people = {" ".join(name.lower().split()) for name in people}
    acting = {pk for step in flow.steps for pk in step.actor_ids}
    for actor in flow.actors:
        if looks_like_person(actor.name) or " ".join(actor.name.lower().split()) in people:
            message = _("Pelaksana “%(name)s” tampak sebagai nama orang. Tuliskan nama jabatannya.")
            yield Finding(ERROR, None, "actor_is_person", message % {"name": actor.name})
        if actor.id not in acting:
            message = _("Pelaksana “%(name)s” tidak mengerjakan langkah apa pun. Hapus kolomnya bila tidak diperlukan.")
            yield Finding(WARNING, None, "actor_never_acts", message % {"name": actor.name})
