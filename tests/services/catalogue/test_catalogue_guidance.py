"""The key facts of a service's page: observed times, checklist, when not to come, poster, and link previews."""

import datetime
import io
import json
import re

import pypdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import example, given, strategies

from services.catalogue.actions.importing import import_catalogue
from services.catalogue.queries.opening import opening_now, usual_week, week
from services.catalogue.short_names import with_short_names
from services.catalogue.structured_data import as_json_ld
from services.deadlines.queries.statistics import ObservedTime, measure_time, popular_services
from services.exchange import starter
from services.models import Request, Service
from tests.factories.services import entry, make_request, make_service
from tests.factories.sop import make_cast, make_office
from tests.factories.states import put
from ula_portal.core import clock, ports, workdays
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.time import actions as calendar

MONDAY = datetime.datetime(2026, 11, 23, 10, 0, tzinfo=clock.OFFICE_ZONE)
pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast(make_office())


def page(client, service, name="service_detail"):
    return client.get(reverse(name, args=[service.slug])).content.decode()


def finish(service, number, days):
    """Create requests complete on Monday, 2 November, and finished the given numbers of days later."""
    begin = datetime.datetime(2026, 11, 2, 10, 0, tzinfo=clock.OFFICE_ZONE)
    for _each in range(number):
        done = make_request(service)
        now = clock.now()
        done.runs.filter(finished_at=None).update(started_at=now, finished_at=now, outcome="done")
        Request.objects.filter(pk=done.pk).update(
            complete_at=begin, fulfilled_at=begin + datetime.timedelta(days=days), state="completed", closed_at=begin
        )


class TestRealTime:
    def test_nothing_is_told_of_fewer_than_five(self, client, cast):
        service = make_service(cast)
        with clock.at(MONDAY):
            finish(service, 4, 1)
            assert measure_time(service) is None
            assert "Kenyataannya" not in page(client, service)

    def test_half_were_done_within(self, client, cast):
        service = make_service(cast)
        with clock.at(MONDAY):
            finish(service, 3, 1)
            finish(service, 2, 4)
            assert measure_time(service) == ObservedTime(days=1, count=5)
            html = page(client, service)
        assert html.count("separuhnya selesai dalam 1 hari kerja.") == 1 and "Dari 5 permohonan terakhir" in html

    def test_weekends_and_the_wait_for_the_applicant_do_not_count(self, cast):
        service = make_service(cast)
        with clock.at(MONDAY):
            finish(service, 5, 7)
            assert measure_time(service).days == 5
            for each in service.requests.all():
                begin = each.complete_at + datetime.timedelta(days=1)
                each.pauses.create(from_at=begin, to_at=begin + datetime.timedelta(days=2), wanted="KTP")
            assert measure_time(service).days == 3

    def test_on_the_same_day(self, client, cast):
        service = make_service(cast)
        with clock.at(MONDAY):
            finish(service, 5, 0)
            assert "selesai pada hari berkasnya lengkap" in page(client, service)

    def test_refused_withdrawn_and_old_ones_do_not_count(self, cast):
        service = make_service(cast)
        with clock.at(MONDAY):
            finish(service, 5, 1)
        with clock.at(MONDAY + datetime.timedelta(days=400)):
            assert measure_time(service) is None
        put(service.requests.all(), state="withdrawn")
        with clock.at(MONDAY):
            assert measure_time(service) is None


def test_often_asked_is_counted_and_falls_back_to_the_catalogue(cast):
    first, second = make_service(cast), make_service(cast)
    assert popular_services([first, second], 1) == [first]
    third = make_service(cast)
    make_request(third)
    assert popular_services([first, second, third]) == [third]


@pytest.mark.parametrize(
    ("moment", "state", "title"),
    [
        ("2026-11-23 06:00", "closed", "Tutup · buka hari ini 07.30 WIB"),
        ("2026-11-23 10:00", "open", "Buka sampai 16.00 WIB"),
        ("2026-11-23 12:30", "break", "Istirahat · buka lagi 13.00 WIB"),
        ("2026-11-28 10:00", "closed", "Tutup · buka Senin 07.30 WIB"),
    ],
)
def test_opening_is_said_in_one_line(cast, moment, state, title):
    with clock.at(datetime.datetime.fromisoformat(moment).replace(tzinfo=clock.OFFICE_ZONE)):
        now = opening_now()
    assert (now.state, now.title) == (state, title)


def test_a_name_is_cut_where_it_only_becomes_more_precise(cast):
    names = [
        "Izin penelitian, magang, atau observasi",
        "Pindah sekolah ke luar",
        "Pindah sekolah dari luar",
        "Cuti guru",
    ]
    services = [Service(name=name) for name in names]
    short = [name for name, _service in with_short_names(services, services)]
    assert short == ["Izin penelitian", *names[1:]]


class TestPage:
    def test_when_not_to_come_stands_before_the_button(self, client, cast):
        service = make_service(cast, when_not="Di dalam kabupaten: cukup kedua sekolah.\n\nKelas 6: <b>belum</b>.")
        html = page(client, service)
        assert "Tidak perlu diurus di sini bila" in html and "&lt;b&gt;belum" in html
        assert html.index("Di dalam kabupaten") < html.index("Ajukan permohonan</a>")
        assert "Tidak perlu diurus" not in page(client, make_service(cast))

    def test_stamp_duty_only_where_it_is_asked_for(self, client, cast):
        assert "eterai" not in page(client, make_service(cast))
        paper = {"text": "SPTJM bermeterai Rp10.000", "kind": "upload", "required": True}
        html = page(client, make_service(cast, requirements=[paper]))
        assert "meterai Anda beli sendiri" in html and "bukan biaya layanan" in html

    def test_papers_for_one_answer_or_another_count_once(self, client, cast):
        papers = [
            {"text": "Surat polisi", "kind": "upload", "required": True, "show_if": {"jenis": ["Hilang"]}},
            {"text": "Foto ijazah", "kind": "upload", "required": True, "show_if": {"jenis": ["Rusak"]}},
            {"text": "KTP", "kind": "upload", "required": True},
        ]
        assert "Paling banyak 2 berkas <" in page(client, make_service(cast, requirements=papers))
        assert "Tidak ada yang wajib" in page(client, make_service(cast, requirements=[]))

    def test_checklist_has_a_native_box_for_each(self, client, cast):
        service = make_service(cast)
        html = page(client, service)
        assert html.count('type="checkbox"') == 3 and f'data-checklist="{service.code}"' in html
        assert html.count("data-print hidden") == 1 and "Cetak daftar" in html

    def test_unit_after_decree_version_and_review(self, client, cast):
        service = make_service(
            cast,
            after="Sekolah menarik data di Dapodik.",
            decree="420/12/2026",
            reviewed_on="2026-03-02",
            internal_components={"8": "Ruang tunggu.\nLoket.", "14": "Survei."},
        )
        html = page(client, service)
        for words in (
            "Unit penanggung jawab",
            service.unit.name,
            "Setelah itu",
            "Sekolah menarik data di Dapodik.",
            "420/12/2026",
            service.sop.number,
            "versi 1",
            "Senin, 2 Maret 2026",
            "7. Dasar hukum",
            "UU Nomor 25 Tahun 2009",
            "8. Sarana, prasarana",
            "14. Evaluasi kinerja pelaksana",
        ):
            assert words in html, words
        assert "9. Kompetensi" not in html

    def test_appointment_only_where_the_service_takes_them(self, client, cast):
        offer = "Buat janji kedatangan"
        assert offer in page(client, make_service(cast, channels=["online", "appointment"]))
        assert offer not in page(client, make_service(cast, channels=["online"]))

    def test_satisfaction_shows_when_something_answers(self, client, cast, monkeypatch):
        service = make_service(cast)
        home = reverse("home")
        assert "Indeks kepuasan" not in client.get(home).content.decode() + page(client, service)
        answer = type("Index", (), {"value": "91,48", "grade": "A"})
        monkeypatch.setattr(ports.satisfaction, "_function", lambda service=None: answer)
        assert "Indeks kepuasan masyarakat 91,48 (mutu A)" in client.get(home).content.decode()
        assert "91,48 (mutu A)" in page(client, service)

    def test_data_is_marked_as_indonesian_on_english_pages(self, client, cast):
        service = make_service(cast)
        client.cookies["django_language"] = "en"
        html = page(client, service)
        assert '<html lang="en"' in html
        assert f'<h1 lang="id">{service.name}</h1>' in html

    def test_elsewhere_leads_to_what_is_ours(self, client, cast):
        ours = make_service(cast, name="Legalisasi ijazah sekolah yang sudah tutup")
        theirs = make_service(cast, name="Legalisasi ijazah guru", audiences=["guru"])
        there = make_service(
            cast, kind="elsewhere", name="Ijazah dari sekolah yang masih ada", where="Sekolah itu.", unit=None
        )
        html = page(client, there)
        assert "Sekolah itu." in html and reverse("service_detail", args=[ours.slug]) in html
        assert reverse("service_detail", args=[theirs.slug]) not in html
        assert client.get(reverse("service_poster", args=[there.slug])).status_code == 404

    def test_nothing_found_suggests_the_nearest(self, client, cast):
        service = make_service(cast, name="Legalisasi madrasah")
        html = client.get(reverse("service_list"), {"q": "madarsa"}).content.decode()
        assert "belum ditemukan" in html and "?q=madrasah" in html and f'data-service="{service.code}"' in html

    def test_queries_stay_few_with_everything_filled(self, client, cast):
        with clock.at(MONDAY):
            service = make_service(cast, when_not="Bila tidak perlu.", internal_components={"8": "Ruang."})
            make_service(cast, kind="elsewhere", code="LUAR", where="Sana.", unit=None)
            finish(service, 5, 1)
            paths = [reverse("service_detail", args=[service.slug]), reverse("service_poster", args=[service.slug])]
            paths += [reverse("service_detail", args=[Service.objects.get(code="LUAR").slug]), "/layanan/?q=xyzzy"]
            for path in paths:
                client.get(path)
                with CaptureQueriesContext(connection) as queries:
                    assert client.get(path).status_code == 200
                assert len(queries) <= 6, (path, [q["sql"][:90] for q in queries])


class TestPreview:
    def test_share_metadata(self, client, cast):
        service = make_service(cast, summary="Untuk siswa yang pindah.")
        html = page(client, service)
        address = f"http://127.0.0.1:8000{reverse('service_detail', args=[service.slug])}"
        assert f'<link rel="canonical" href="{address}">' in html
        assert f'<meta property="og:title" content="{service.name}">' in html
        assert '<meta name="description" content="Untuk siswa yang pindah.">' in html
        assert re.search(
            r'<meta property="og:image" content="http://127\.0\.0\.1:8000/static/img/share[.\w]*\.png">', html
        )

    def test_structured_data_can_be_read(self, client, cast):
        service = make_service(cast, summary="Untuk </script><script>alert(1)</script> & lain.")
        html = page(client, service)
        found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
        data = json.loads(found[0])
        assert data["@type"] == "GovernmentService" and data["name"] == service.name
        assert data["description"] == "Untuk </script><script>alert(1)</script> & lain."
        assert data["offers"]["price"] == "0" and data["provider"]["@type"] == "GovernmentOffice"
        assert data["availableChannel"]["serviceUrl"].endswith("/ajukan/")
        assert len(found) == 1 and "alert(1)</script>" not in html

    @given(strategies.text())
    @example("</script>&\u2028\u2029")
    def test_json_ld_holds_no_tag_and_says_the_same(self, said):
        written = as_json_ld({"a": said})
        assert not set("<>&\u2028\u2029") & set(written) and json.loads(written) == {"a": said}


class TestPoster:
    def test_has_facts_checklist_qr_and_hours(self, client, cast):
        service = make_service(cast, when_not="Di dalam kabupaten.")
        client.cookies["django_language"] = "en"
        html = page(client, service, "service_poster")
        for words in ("3 hari kerja", "Gratis", "KTP", "hanya bila: Hilang", "Di dalam kabupaten.", "Jam pelayanan"):
            assert words in html, words
        assert '<html lang="id">' in html and "data:image/svg" in html
        assert f"127.0.0.1:8000{reverse('service_detail', args=[service.slug])}" in html

    def test_unpublished_has_none(self, client, cast):
        service = make_service(cast, published=False)
        for name in ("service_poster", "service_poster_pdf"):
            assert client.get(reverse(name, args=[service.slug])).status_code == 404

    @pytest.mark.parametrize("code", ["PAUD", "KP", "SKPI", "MUT-M", "TAMU"])
    def test_every_poster_is_one_page(self, client, cast, code):
        whole = starter.catalogue()
        given = next(each for each in whole["services"] if each["code"] == code)
        service = make_service(cast, **{key: value for key, value in given.items() if key != "sop"})
        answer = client.get(reverse("service_poster_pdf", args=[service.slug]))
        assert answer["Content-Type"] == "application/pdf"
        pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
        text = " ".join(pages[0].extract_text().split())
        assert len(pages) == 1 and "Yang perlu dibawa" in text and "Jam pelayanan" in text

    def test_hours_are_those_of_an_ordinary_week(self, cast):
        with clock.at(MONDAY):
            usual = usual_week()
            calendar.set_calendar_day(by=SYSTEM, date=datetime.date(2026, 11, 24), kind="holiday", name="Libur daerah")
            workdays.clear_cache()
            assert usual_week() == usual != []
            assert usual[-1]["days"].endswith("Minggu")
            assert len(week()) >= len(usual)


class TestStandardInThePanel:
    def test_each_component_has_its_field(self, client, cast):
        service = make_service(cast, internal_components={"8": "Ruang lama.", "7": "Aturan lain"})
        client.force_login(cast["admin"])
        path = reverse("admin:services_service_change", args=[service.pk])
        form = client.get(path).context["adminform"].form
        assert form["component_8"].value() == "Ruang lama."
        data = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
        data |= {"synonyms": "", "legal_basis": "", "component_8": "Ruang baru.", "component_9": " Ramah. "}
        data |= {"when_not": "Bila sudah selesai.", "requirements-TOTAL_FORMS": 0, "requirements-INITIAL_FORMS": 0}
        assert client.post(path, data).status_code == 302
        service.refresh_from_db()
        assert service.internal_components == {"7": "Aturan lain", "8": "Ruang baru.", "9": "Ramah."}
        assert service.when_not == "Bila sudah selesai."


class TestImport:
    def test_what_a_file_leaves_out_stays_the_offices(self, cast):

        given = entry(when_not="Bila A.", internal_components={"9": "Ramah."}, decree_date="2026-01-05")
        shared = {"8": "Ruang.", "9": "Umum."}
        import_catalogue({"services": [given], "internal_components": shared}, by=SYSTEM)
        service = Service.objects.get(code=given["code"])
        assert service.internal_components == {"8": "Ruang.", "9": "Ramah."}
        assert service.decree_date == datetime.date(2026, 1, 5)
        Service.objects.update(synonyms=[*service.synonyms, "kata kantor"])
        for name in ("when_not", "internal_components", "decree_date"):
            del given[name]
        assert import_catalogue({"services": [given]}, by=SYSTEM).unchanged == [service.code]
        service.refresh_from_db()
        assert service.when_not == "Bila A." and "kata kantor" in service.synonyms
