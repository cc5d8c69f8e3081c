"""The badge of each state: tone, word and icon, row by row."""

import datetime

import pytest

from services.attachments.views import UploadBox
from services.engine.badges import applicant_badge, badge_of, promise_badge, state_badge
from services.models import Document, Letter, Request, StepRun
from services.papers.queries.slots import DocumentSlot
from services.routing.queries.routing import Official
from services.routing.queries.trial import RuleTrial
from sop.library.queries.library import VersionStanding as Life
from sop.models import Correction, SopActor, SopVersion
from ula_portal.core import clock
from ula_portal.core.models import Absence
from visitors.models import Booking, CounterSession, HostCall, Slot
from visitors.own_ticket.queries import Hall
from visitors.queue.queries.waiting import QueuePosition

NOW = datetime.datetime(2026, 11, 25, 9, tzinfo=clock.OFFICE_ZONE)
LATER = NOW + datetime.timedelta(hours=1)


def _request(state, **values):
    return Request(state=state, **values)


def _booking(state, ends_at=LATER):
    return Booking(state=state, slot=Slot(ends_at=ends_at))


def _call(answer="", received=False):
    call = HostCall(answer=answer)
    call.received = received
    return call


def _hall(**values):
    usual = {"counters_open": 0, "paused": False, "notice": "", "stopped": False}
    rest = dict.fromkeys(("location", "waiting", "services", "last_called", "hours", "rule"))
    return Hall(**rest, **{**usual, **values})


def _slot(**values):
    return DocumentSlot("r1", "KTP", values.pop("required", True), **values)


APPLICANT, THERE, MEND = StepRun(led_by="applicant"), Document(), Document(verdict="mend")
PROMISED = {"due_at": NOW, "state": "completed"}
LETTERS = {"reserved": ("warn", "Nomor dipesan"), "issued": ("good", "Diterbitkan"), "withdrawn": ("bad", "Dicabut")}
BADGES = [
    *((state_badge(state), "neutral", word) for state, word in (("draft", "Draf"), ("withdrawn", "Ditarik pemohon"))),
    *((state_badge(state), "info", word) for state, word in (("submitted", "Diterima"), ("in_progress", "Diproses"))),
    (state_badge("waiting_applicant"), "warn", "Menunggu kelengkapan dari Anda"),
    (state_badge("completed"), "good", "Selesai"),
    (state_badge("rejected"), "bad", "Tidak dapat dikabulkan"),
    (badge_of(_request("in_progress"), None), "info", "Diproses"),
    (badge_of(_request("waiting_applicant"), StepRun()), "warn", "Menunggu pemohon", "pause"),
    (badge_of(_request("waiting_applicant"), APPLICANT), "warn", "Menunggu pemohon", "pause"),
    (badge_of(_request("in_progress"), APPLICANT), "warn", "Jawaban pemohon belum dicatat"),
    (badge_of(_request("in_progress", fulfilled_at=NOW), APPLICANT), "good", "Siap diambil", "doc"),
    (applicant_badge(_request("rejected"), None), "bad", "Tidak dapat dikabulkan"),
    (promise_badge(Request(fulfilled_at=NOW, **PROMISED)), "good", "Sesuai janji"),
    (promise_badge(Request(fulfilled_at=LATER, **PROMISED)), "bad", "Melewati janji"),
    (promise_badge(Request(fulfilled_at=NOW, state="completed")), "neutral", "Selesai"),
    (promise_badge(Request(**PROMISED)), "neutral", "Selesai"),
    *((Letter(state=state).badge, *look) for state, look in LETTERS.items()),
    (_slot(document=THERE).badge, "good", "Terunggah"),
    (_slot(document=MEND).badge, "warn", "Perlu diperbaiki", "alert"),
    (_slot().badge, "warn", "Belum ada"),
    (Document(verdict="fits").badge, "good", "Sesuai"),
    (UploadBox(_slot(document=THERE), "", is_new=True).badge, "good", "Terunggah: berkas baru"),
    (UploadBox(_slot(document=MEND), "", is_new=True).badge, "warn", "Perlu diperbaiki", "alert"),
    (UploadBox(_slot(document=THERE), "").badge, "good", "Terunggah"),
    (Official(None, (), 0, Absence(kind="leave")).badge, "warn", "Cuti"),
    (Official(None, (), 0, None).badge, "good", "Hadir"),
    (RuleTrial(None, True, []).badge, "good", "berlaku"),
    (RuleTrial(None, False, ["unit lain", "asal lain"]).badge, "neutral", "unit lain, asal lain", "x"),
    (RuleTrial(None, False, []).badge, "neutral", "cocok, tetapi sudah didahului"),
    (SopVersion(state="draft").badge, "info", "Draf", "pencil"),
    (SopVersion(state="draft", proposed_at=NOW).badge, "warn", "Menunggu verifikasi", "clock"),
    (SopVersion(state="verified").badge, "warn", "Menunggu pengesahan", "clock"),
    (SopVersion(state="draft").task_badge, "warn", "Menunggu verifikasi Anda", "clock"),
    (SopVersion(state="verified").task_badge, "warn", "Menunggu pengesahan Anda", "clock"),
    (SopVersion(state="approved").task_badge, "warn", "Menunggu diterbitkan", "clock"),
    (Correction(state="taken").badge, "good", "Dipakai"),
    (Correction(state="declined").badge, "neutral", "Ditolak penyusun"),
    (SopActor(confirmed=True).badge, "good", "Sudah dipastikan"),
    (SopActor().badge, "warn", "Usulan"),
    (Life("in_force", NOW.date()).badge, "good", "Berlaku"),
    (Life("later", NOW.date()).badge, "info", "Belum berlaku"),
    (Life("replaced", NOW.date()).badge, "neutral", "Tidak berlaku"),
    (Life("withdrawn", NOW.date()).badge, "bad", "Dicabut"),
    (CounterSession().badge, "good", "Buka"),
    (CounterSession(paused_at=NOW).badge, "warn", "Jeda", "pause"),
    (_call("coming").badge, "good", "Silakan masuk", "check"),
    (_call().badge, "neutral", "Pejabat diberi tahu", "clock"),
    (_call("coming").task_badge, "good", "Silakan masuk", "check"),
    (_call(received=True).task_badge, "good", "Sudah diterima", "check"),
    (_call().task_badge, "warn", "Menunggu jawaban Anda", "clock"),
    (_hall(stopped=True, counters_open=1).badge, "bad", "Pelayanan dihentikan"),
    (_hall(counters_open=1, paused=True).badge, "good", "Buka"),
    (_hall(paused=True, notice="x").badge, "neutral", "Loket sedang jeda", "pause"),
    (_hall(notice="x").badge, "neutral", "Loket tutup"),
    (_hall().badge, "neutral", "Belum ada loket yang buka"),
    (QueuePosition(0, 0, "paused", True).badge, "warn", "Loketnya sedang jeda", "pause"),
    (QueuePosition(0, 0, "", True).badge, "neutral", "Ruangnya belum dibuka", "clock"),
    (QueuePosition(0, 0, "").badge, "warn", "Belum ada loket yang memanggil", "alert"),
]


@pytest.mark.parametrize("row", BADGES, ids=lambda row: f"{row[1]}: {row[2]}")
def test_a_state_has_one_look(row):
    badge, kind, label, *icon = row
    assert (badge.kind, str(badge.label), badge.icon) == (kind, label, *(icon or [""]))


@pytest.mark.parametrize(
    ("state", "kind", "label"),
    [
        ("booked", "info", "Terjadwal"),
        ("arrived", "good", "Sudah datang"),
        ("displaced", "warn", "Perlu waktu lain"),
        ("missed", "neutral", "Tidak datang"),
        ("cancelled", "neutral", "Dibatalkan"),
    ],
)
def test_an_appointment_has_one_look(state, kind, label):
    with clock.at(NOW):
        badge = _booking(state).badge
        assert (badge.kind, badge.label) == (kind, label)
        assert state != "booked" or _booking(state, NOW).badge.label == "Waktunya sudah lewat"


def test_where_nothing_is_there_that_need_not_be_nothing_is_marked():
    assert _slot(required=False).badge is None
    assert QueuePosition(0, 1, "open").badge is None
