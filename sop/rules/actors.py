"""Rules for actors: they are positions, not names of people, and each of them acts in at least one step."""

import re
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from .finding import ERROR, WARNING, Finding, step_finding
from .flow import Flow, FlowActor

# Above this number, the columns of the table become too narrow to read.
MANY_ACTORS = 15
_TITLE_BEFORE = re.compile(
    r"(?:^|\s)(?:Prof\.|Drs\.|Dra\.|Dr\.|Ir\.|Hj\.|H\.|KH\.|(?:Bapak|Ibu|Pak|Bu|Sdr\.?|Sdri\.?|Sdra\.?)\s(?=[A-Z]))"
)
_TITLE_AFTER = re.compile(
    r",\s*(?:S\.?\s?(?:Pd|E|H|Sos|Kom|IP|STP|T|Si|Ag|Psi|AP|Hum|K[oe]m|Kep|Farm|Ked|Stat|Par|I\.?Kom|Pt)|"
    r"M\.?\s?(?:Pd|M|Si|AP|H|Hum|Kom|T|Ag|Sc|A|E|Kes|IP|Psi|PA)|A\.?\s?Ma?\.?\s?(?:d|Pd)|Ph\.?\s?D|SE|SH|ST|MM|MH|MT)\b\.?"
)
# Hospitals and schools are named after people ("RSUD Dr. Pirngadi"), so a title in their names proves nothing.
_INSTITUTION = re.compile(r"(RS|RSU|RSUD|Rumah Sakit|Puskesmas|Universitas|Yayasan|SD|SMP|TK|PKBM|LKP)\b")
_NIP = re.compile(r"\bNIP\b|\b\d{8}\s?\d{6}\s?\d\s?\d{3}\b")
# Begins the full name of a shared account ("petugas loket"), which names a desk or position instead of a person.
_SHARED_ACCOUNT = re.compile(
    r"(kepala|kabid|kabag|kasi|kasubbag|kasubag|sekretaris|sekretariat|bendahara|petugas|operator|admin|administrator|"
    r"staf|staff|pengelola|pengolah|pengadministrasi|analis|pranata|arsiparis|ketua|koordinator|wakil|asisten|tim|"
    r"bidang|seksi|bagian|loket|pelayanan|front|penilik|pengawas|pemohon|tamu|guru|pimpinan|pejabat|dinas|sekolah)\b"
)
_MACHINE = re.compile(r"(aplikasi|sistem|website|situs|laman|server|komputer|mesin|software|email|surel)\b")


def looks_like_person(name: str) -> bool:
    """Whether an actor's name contains what only people have: a title, a form of address, or a civil servant's NIP."""
    if _INSTITUTION.match(name):
        return False
    return bool(_NIP.search(name) or _TITLE_AFTER.search(name) or _TITLE_BEFORE.search(name))


def actor_findings(flow: Flow, staff_names: Iterable[str]) -> Iterator[Finding]:
    """Findings on the names and the number of the actors, on actors without a step, and on steps without an actor.

    ``staff_names``: full names of the office's user accounts; an actor must not be named after one of these people.
    """
    names = [_normalised(name) for name in staff_names]
    names_of_people = [name for name in names if name and not _SHARED_ACCOUNT.match(name)]
    acting_ids = _acting_ids(flow)
    if not flow.actors:
        message = _("SOP belum mempunyai pelaksana. Tambahkan jabatan yang mengerjakan langkah-langkahnya.")
        yield Finding(ERROR, None, "no_actors", message, "actors")
    seen = set()
    for actor in flow.actors:
        name = _normalised(actor.name)
        if looks_like_person(actor.name) or _names_one_of(name, names_of_people):
            message = _("Pelaksana “%(name)s” tampak sebagai nama orang. Tulis nama jabatannya.")
            yield _finding_on(actor, ERROR, "actor_is_person", message)
        elif _MACHINE.match(name):
            message = _("Pelaksana “%(name)s” bukan jabatan. Tulis jabatan yang menjalankannya.")
            yield _finding_on(actor, WARNING, "actor_is_no_position", message)
        if name in seen:
            message = _("Pelaksana “%(name)s” mempunyai dua kolom. Gabungkan menjadi satu.")
            yield _finding_on(actor, WARNING, "actor_twice", message)
        if actor.id not in acting_ids:
            message = _("Pelaksana “%(name)s” tidak mengerjakan langkah apa pun. Hapus kolomnya bila tidak diperlukan.")
            yield _finding_on(actor, WARNING, "actor_never_acts", message)
        seen.add(name)
    if len(flow.actors) > MANY_ACTORS:
        message = _("SOP ini mempunyai %(count)s pelaksana, sehingga kolomnya sempit dan sukar dibaca. Bagi SOP-nya.")
        yield Finding(WARNING, None, "many_actors", message % {"count": len(flow.actors)}, "actors")
    for step in flow.steps:
        if not step.actor_ids:
            message = _("pelaksana belum dipilih. Pilih jabatan yang mengerjakan langkah ini.")
            yield step_finding(step, ERROR, "no_actor", message, "actor_ids")


def unmatched_actor_findings(flow: Flow) -> list[Finding]:
    """Errors on actors not yet matched with a position of the office, or whose kind nobody has confirmed yet.

    They are kept apart from ``actor_findings`` because they prevent only approval, not verification. Actors without a
    step are left out.
    """
    acting_ids = _acting_ids(flow)
    found = []
    for actor in flow.actors:
        if actor.id not in acting_ids:
            continue
        if actor.kind == "position" and actor.position_id is None:
            message = _("Pelaksana “%(name)s” belum dihubungkan dengan jabatan di kantor ini. Pilih jabatannya.")
            found.append(_finding_on(actor, ERROR, "actor_without_position", message))
        elif not actor.confirmed:
            message = _("Pelaksana “%(name)s” belum dipastikan. Periksa jenisnya lalu simpan.")
            found.append(_finding_on(actor, ERROR, "actor_unconfirmed", message))
    return found


def _acting_ids(flow: Flow) -> set[int]:
    """Ids of the actors that act in at least one step."""
    return {actor_id for step in flow.steps for actor_id in step.actor_ids}


def _finding_on(actor: FlowActor, level: str, code: str, message: str) -> Finding:
    return Finding(level, None, code, message % {"name": actor.name}, "actors")


def _normalised(name: str) -> str:
    """The name in lower case, with single spaces."""
    return " ".join(name.lower().split())


def _names_one_of(actor_name: str, people: Iterable[str]) -> bool:
    """Whether an actor's name is, or contains, the name of one of the people. All names are normalised.

    A person's name of a single word must be the actor's whole name, because it may be an ordinary word as well.
    """
    return any(
        actor_name == name or (" " in name and re.search(rf"\b{re.escape(name)}\b", actor_name)) for name in people
    )
