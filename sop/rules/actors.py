"""Rules for actors: they are positions, not names of people, and each of them acts in some step."""

import re
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from .finding import ERROR, WARNING, Finding, step_finding
from .flow import Flow, FlowActor

MANY_ACTORS = 15
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
# A shared account bears the name of a desk or a position, not that of a person.
_POST = re.compile(
    r"(kepala|kabid|kabag|kasi|kasubbag|kasubag|sekretaris|sekretariat|bendahara|petugas|operator|admin|administrator|"
    r"staf|staff|pengelola|pengolah|pengadministrasi|analis|pranata|arsiparis|ketua|koordinator|wakil|asisten|tim|"
    r"bidang|seksi|bagian|loket|pelayanan|front|penilik|pengawas|pemohon|tamu|guru|pimpinan|pejabat|dinas|sekolah)\b"
)
_MACHINE = re.compile(
    r"(aplikasi|sistem|website|situs|laman|server|komputer|mesin|software|email|surel)\b", re.IGNORECASE
)


def looks_like_person(name: str) -> bool:
    """Whether an actor's name contains what only people have: a title, a form of address or a NIP."""
    if _INSTITUTION.match(name):
        return False
    return bool(_NIP.search(name) or _TITLE_AFTER.search(name) or _TITLE_BEFORE.search(name))


def column_findings(flow: Flow, people: Iterable[str]) -> Iterator[Finding]:
    """Findings on the actors' columns and on steps without an actor. ``people``: full names of the staff."""
    names = [_plain(name) for name in people]
    known = [name for name in names if name and not _POST.match(name)]
    acting = {pk for step in flow.steps for pk in step.actor_ids}
    if not flow.actors:
        message = _("SOP belum mempunyai pelaksana. Tambahkan jabatan yang mengerjakan langkah-langkahnya.")
        yield Finding(ERROR, None, "no_actors", message, "actors")
    seen = set()
    for actor in flow.actors:
        name = _plain(actor.name)
        if looks_like_person(actor.name) or _named_in(name, known):
            message = _("Pelaksana “%(name)s” tampak sebagai nama orang. Tuliskan nama jabatannya.")
            yield _of(actor, ERROR, "actor_is_person", message)
        elif _MACHINE.match(name):
            message = _("Pelaksana “%(name)s” bukan jabatan. Tuliskan jabatan yang menjalankannya.")
            yield _of(actor, WARNING, "actor_is_no_position", message)
        if name in seen:
            message = _("Pelaksana “%(name)s” mempunyai dua kolom. Gabungkan menjadi satu.")
            yield _of(actor, WARNING, "actor_twice", message)
        if actor.id not in acting:
            message = _("Pelaksana “%(name)s” tidak mengerjakan langkah apa pun. Hapus kolomnya bila tidak diperlukan.")
            yield _of(actor, WARNING, "actor_never_acts", message)
        seen.add(name)
    if len(flow.actors) > MANY_ACTORS:
        message = _("SOP ini mempunyai %(count)s pelaksana, sehingga kolomnya sempit dan sukar dibaca. Bagi SOP-nya.")
        yield Finding(WARNING, None, "many_actors", message % {"count": len(flow.actors)}, "actors")
    for step in flow.steps:
        if not step.actor_ids:
            message = _("pelaksana belum dipilih. Pilih jabatan yang mengerjakan langkah ini.")
            yield step_finding(step, ERROR, "no_actor", message, "actor_ids")


def actor_findings(flow: Flow) -> list[Finding]:
    """Findings that prevent approval of a sound document: acting actors that nobody has matched or confirmed yet."""
    acting = {pk for step in flow.steps for pk in step.actor_ids}
    found = []
    for actor in flow.actors:
        if actor.id not in acting:
            continue
        if actor.kind == "position" and actor.position_id is None:
            message = _("Pelaksana “%(name)s” belum dihubungkan dengan jabatan di kantor ini. Pilih jabatannya.")
            found.append(_of(actor, ERROR, "actor_without_position", message))
        elif not actor.confirmed:
            message = _("Pelaksana “%(name)s” belum dipastikan. Periksa jenisnya lalu simpan.")
            found.append(_of(actor, ERROR, "actor_unconfirmed", message))
    return found


def _of(actor: FlowActor, level: str, code: str, message: str) -> Finding:
    return Finding(level, None, code, message % {"name": actor.name}, "actors")


def _plain(name: str) -> str:
    return " ".join(name.lower().split())


def _named_in(actor: str, people: Iterable[str]) -> bool:
    """Whether an actor's name is, or contains, the name of a member of staff.

    A name of a single word must match the whole, because it may be an ordinary word as well.
    """
    return any(actor == name or (" " in name and re.search(rf"\b{re.escape(name)}\b", actor)) for name in people)
