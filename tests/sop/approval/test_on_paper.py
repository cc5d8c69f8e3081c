"""SOPs established on paper: recorded with the scan of their decree and frozen like others; the scan is private."""

import dataclasses
import datetime

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from sop.approval.actions import life, on_paper
from sop.drafting.actions import identity, importing
from sop.models import SopVersion
from sop.rules.queries import validity
from tests.factories import sop as make
from tests.factories.pages import as_user
from tests.factories.services import picture
from ula_portal.core import clock
from ula_portal.core.files.uploads import UploadRefused
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import JournalEntry, StoredFile
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

pytestmark = pytest.mark.django_db
DECREED, SINCE = datetime.date(2023, 5, 2), datetime.date(2023, 6, 1)


@pytest.fixture(autouse=True)
def _files_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = settings.VAR_DIR = tmp_path


@pytest.fixture
def version(units, cast):
    version = importing.import_sop(make.small_content(), by=staff(cast["admin"])).version
    make.confirm_all(version, cast["admin"])
    return version


def paper(**changes):
    said = on_paper.PaperDecree(
        decree=" 420/17/KEP-DISDIK/2023 ",
        decree_date=DECREED,
        effective_from=SINCE,
        position="Kepala Dinas Pendidikan",
        name="Drs. Pendahulu Contoh",
        nip="19600101 198503 1 001",
        scan=picture("keputusan.png"),
    )
    return dataclasses.replace(said, **changes)


@pytest.mark.parametrize("who", ["admin", "head"])
def test_administrator_and_head_record_whoever_wrote_it_down(version, cast, who):
    recorded = on_paper.record_paper_version(version, by=staff(cast[who]), paper=paper())
    assert (recorded.state, recorded.on_paper, recorded.recorded_by) == ("approved", True, cast[who])
    assert (recorded.decree, recorded.decree_date) == ("420/17/KEP-DISDIK/2023", DECREED)
    assert recorded.approved_by is None and recorded.effective_from == SINCE
    assert recorded.approved_as["name"] == "Drs. Pendahulu Contoh" and recorded.approved_as["nip"].endswith("31001")
    entry = JournalEntry.objects.get(verb="sop_recorded")
    assert entry.data == {"sha256": recorded.decree_scan.sha256}
    published = life.publish_version(version, by=staff(cast["admin"]))
    assert validity.version_in_force(version.sop) == published


@pytest.mark.parametrize("who", ["section_head", "secretary", "official", "other_head"])
def test_nobody_else_records(version, cast, who):
    with pytest.raises(NotAllowed, match="administrator atau kepala dinas"):
        on_paper.record_paper_version(version, by=staff(cast[who]), paper=paper())
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"decree": " "}, "decree"),
        ({"decree": "x" * 121}, "decree"),
        ({"decree_date": None}, "decree_date"),
        ({"effective_from": None}, "effective_from"),
        ({"effective_from": DECREED - datetime.timedelta(days=1)}, "effective_from"),
        ({"position": ""}, "position"),
        ({"name": " "}, "name"),
        ({"rank": "x" * 81}, "rank"),
        ({"nip": "abc"}, "nip"),
        ({"scan": None}, "scan"),
    ],
)
def test_what_is_missing_or_does_not_fit_is_asked_for(version, cast, changes, field):
    with pytest.raises(Refused) as refused:
        on_paper.record_paper_version(version, by=staff(cast["admin"]), paper=paper(**changes))
    assert refused.value.field == field
    version.refresh_from_db()
    assert version.state == "draft" and not StoredFile.objects.exists()


def test_a_decree_younger_than_the_draft_is_approved_in_the_portal(version, cast):
    tomorrow = clock.now() + datetime.timedelta(days=1)
    with clock.at(tomorrow), pytest.raises(Refused, match="lebih baru daripada drafnya") as refused:
        day = clock.today()
        on_paper.record_paper_version(
            version, by=staff(cast["admin"]), paper=paper(decree_date=day, effective_from=day)
        )
    assert refused.value.field == "decree_date"
    today = clock.today()
    done = on_paper.record_paper_version(
        version, by=staff(cast["admin"]), paper=paper(decree_date=today, effective_from=today)
    )
    assert done.decree_date == today


def test_no_scan_that_is_no_document(version, cast):
    upload = picture("keputusan.png")
    upload.file.seek(0)
    upload.file.truncate(10)
    upload.size = 10
    with pytest.raises(UploadRefused):
        on_paper.record_paper_version(version, by=staff(cast["admin"]), paper=paper(scan=upload))
    version.refresh_from_db()
    assert version.state == "draft"


def test_errors_and_unconfirmed_actors_bar_it(units, cast):
    version = make.imported(make.small_content())
    with pytest.raises(Refused, match="belum dipastikan"):
        on_paper.record_paper_version(version, by=staff(cast["admin"]), paper=paper())


def test_once_and_with_the_same_key_again_the_same(version, cast):
    first = on_paper.record_paper_version(version, by=staff(cast["admin"]), paper=paper(), key="satu")
    again = on_paper.record_paper_version(version, by=staff(cast["admin"]), paper=paper(), key="satu")
    assert again == first and StoredFile.objects.count() == 1
    with pytest.raises(Outdated, match="Disahkan"):
        on_paper.record_paper_version(version, by=staff(cast["head"]), paper=paper(), key="dua")


def test_not_in_force_before_the_version_that_is(version, cast):
    life.publish_version(
        on_paper.record_paper_version(version, by=staff(cast["admin"]), paper=paper()), by=staff(cast["admin"])
    )
    second = importing.import_sop(make.small_content(name="Kedua"), by=SYSTEM).version
    with pytest.raises(Refused, match="tidak boleh sebelum 1 Juni 2023") as refused:
        day = SINCE - datetime.timedelta(days=1)
        on_paper.record_paper_version(second, by=staff(cast["admin"]), paper=paper(effective_from=day))
    assert refused.value.field == "effective_from"


def test_frozen_like_any_other(version, cast):
    recorded = on_paper.record_paper_version(version, by=staff(cast["admin"]), paper=paper())
    row = SopVersion.objects.filter(pk=recorded.pk)
    for changes in ({"decree_scan": None}, {"effective_from": DECREED}, {"on_paper": False}, {"state": "draft"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**changes)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        recorded.steps.update(activity="Lain")
    with pytest.raises(Outdated):
        identity.save_identity(recorded, by=staff(cast["admin"]), fields={"name": "Lain"}, was={})


def test_the_database_wants_decree_date_and_scan(version, cast):
    row = SopVersion.objects.filter(pk=version.pk)
    change = {"state": "approved", "on_paper": True, "recorded_by": cast["admin"], "recorded_at": clock.now()}
    with pytest.raises(IntegrityError, match="on_paper_has_decree"), transaction.atomic():
        row.update(**change, decree="1", decree_date=DECREED, effective_from=SINCE)


# The panel


def form(**changes):
    said = {"decree": "420/17", "decree_date": "2023-05-02", "effective_from": "2023-06-01"}
    said |= {"position": "Kepala Dinas", "name": "Drs. Pendahulu", "idempotency_key": "satu"}
    return said | {"scan": picture("keputusan.png")} | changes


def test_recorded_in_the_panel_and_the_scan_goes_only_to_readers(version, cast):
    address = reverse("admin:sop_version_act", args=[version.pk, "record"])
    admin = as_user(cast["admin"])
    page = reverse("admin:sop_sopversion_change", args=[version.pk])
    assert "Catat SOP yang sudah disahkan di kertas" in admin.get(page).content.decode()
    assert "Catat SOP yang sudah" not in as_user(cast["section_head"]).get(page).content.decode()
    bad = admin.post(address, form(effective_from="2023-05-01"))
    assert bad.status_code == 422
    assert "sebelum tanggal keputusan" in bad.content.decode() and 'value="420/17"' in bad.content.decode()
    for _again in range(2):
        done = admin.post(address, form(), follow=True)
        assert "SOP dari kertas dicatat" in done.content.decode()
    version.refresh_from_db()
    assert version.state == "approved" and StoredFile.objects.count() == 1
    scan = reverse("admin:sop_version_scan", args=[version.pk])
    answer = as_user(cast["section_head"]).get(scan)
    assert answer.status_code == 200 and "attachment" in answer["Content-Disposition"]
    assert "private" in answer["Cache-Control"] and "no-store" in answer["Cache-Control"]
    assert as_user(cast["other_head"]).get(scan).status_code == 404
    assert as_user(cast["official"]).get(scan).status_code in (302, 403) and Client().get(scan).status_code == 302
    assert "Unduh pindaian keputusan" in admin.get(page).content.decode()
