"""Public pages of the catalogue and its admin: what is shown, what never is, and the number of queries."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from services.catalogue.actions.publishing import publish_service, withdraw_service
from services.catalogue.queries.catalogue import gaps_of, published_services, unpublished_reasons, usual_path
from services.models import Service
from sop.approval.actions.life import withdraw_version
from sop.rules.queries.flows import flow_of
from tests.factories.services import make_service
from tests.factories.sop import demo_content, make_cast, make_office, make_person, small_content
from ula_portal.core import clock
from ula_portal.core.data import process_cache
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import JournalEntry, Office, Role
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

MONDAY = datetime.datetime(2026, 11, 23, 10, 0, tzinfo=clock.OFFICE_ZONE)


@pytest.fixture
def cast(db):
    return make_cast(make_office())


def page(client, name, *args, **query):
    return client.get(reverse(name, args=args), query).content.decode()


def elsewhere(cast, **changes):
    details = {"where": "Kantor Kementerian Agama.", "requirements": [], "form_fields": [], "unit": None}
    return make_service(cast, kind="elsewhere", channels=[], ticket_letter="", **(details | changes))


class TestPages:
    def test_home_shows_search_groups_and_opening(self, client, cast):
        make_service(cast)
        with clock.at(MONDAY):
            html = page(client, "home")
        for words in (
            "Apa yang ingin Anda urus?",
            '<span class="count">1<',
            "Buka sampai",
            "Semua layanan gratis",
            "Senin",
            '<option value="umum">',
            "Masyarakat umum",
            "Lanjutkan draf",
        ):
            assert words in html

    def test_home_leads_to_four_tasks_and_to_the_list_by_group(self, client, cast):
        service = make_service(cast, name="Pindah sekolah ke luar kabupaten")
        html = page(client, "home")
        links = re.findall(r'href="([^"]*)"', html)
        tasks = {"/layanan/", "/lacak/", "/janji-temu/", "/verifikasi/"}
        assert {*tasks, "/lanjutkan/", f"/layanan/?kelompok={service.category.slug}"} <= set(links)
        assert not [link for link in links if link.startswith("?")]
        assert "<span>Pindah sekolah</span>" in html and html.count('type="search"') == 1

    def test_home_promises_no_free_service_where_one_costs_something(self, client, cast):
        make_service(cast, fee_idr=5000)
        assert "Semua layanan gratis" not in page(client, "home")

    def test_telephone_of_the_office_is_dialled_without_its_signs(self, client, cast):
        Office.objects.update(phone="(0622) 123-456")
        process_cache.clear_process_caches()
        assert '<a href="tel:+62622123456">(0622) 123-456</a>' in page(client, "home")
        Office.objects.update(phone="0622 123456 / 123457")
        process_cache.clear_process_caches()
        html = page(client, "home")
        assert "tel:" not in html and "0622 123456 / 123457" in html

    def test_words_of_the_office_are_explained_in_the_checklist(self, client, cast):
        texts = ("SPTJM bermeterai Rp10.000", "Kartu keluarga")
        service = make_service(
            cast, requirements=[{"text": text, "kind": "upload", "required": True} for text in texts]
        )
        html = page(client, "service_detail", service.slug)
        assert html.count("Apa ini?") == 1 and "Surat Pernyataan Tanggung Jawab Mutlak" in html

    def test_home_without_services_says_so(self, client, cast):
        assert "Belum ada layanan yang diterbitkan" in page(client, "home")

    def test_list_carries_codes_and_search_is_ranked(self, client, cast):
        first = make_service(cast, name="Pindah sekolah", code="MUT")
        make_service(cast, name="Legalisasi ijazah", code="LEG", summary="Bukan untuk pindah sekolah.")
        html = page(client, "service_list")
        assert 'data-service="MUT"' in html and 'data-service="LEG"' in html
        found = page(client, "service_list", q="pindah skolah")
        assert 'data-service="MUT"' in found and reverse("service_detail", args=[first.slug]) in found
        assert 'data-service="LEG"' not in found.partition('data-service="MUT"')[0]

    def test_a_line_of_the_list_names_kind_time_and_a_fee_where_there_is_one(self, client, cast):
        make_service(cast, code="BAYAR", fee_idr=5000)
        make_service(cast, code="GRATIS")
        make_service(cast, code="TAMU", kind="visit", working_days=None)
        elsewhere(cast, code="LUAR")
        lines = re.findall(r'<li data-service="(.*?)">(.*?)</li>', page(client, "service_list"), re.S)
        facts = {code: re.findall(r"<span>(.*?)</span>", line) for code, line in lines}
        assert facts == {
            "BAYAR": ["Permohonan", "3 hari kerja · Rp5.000"],
            "GRATIS": ["Permohonan", "3 hari kerja"],
            "TAMU": ["Kunjungan", "Langsung di tempat"],
            "LUAR": ["Kantor lain"],
        }

    def test_a_search_keeps_its_audience_and_group(self, client, cast):
        make_service(cast, code="GURU-1", audiences=["guru"], category="Data", name="Cuti guru")
        make_service(cast, code="UMUM-1", name="Cuti bersama")
        html = page(client, "service_list", q="cuti", untuk="guru", kelompok="data")
        assert 'data-service="GURU-1"' in html and 'data-service="UMUM-1"' not in html
        assert '<option value="guru" selected>' in html and 'name="kelompok" value="data"' in html

    def test_nothing_found_says_what_to_do(self, client, cast):
        make_service(cast)
        html = page(client, "service_list", q='<b>"xyzzy"')
        assert "belum ditemukan" in html and "tanyakan kepada petugas" in html and "<b>" not in html

    def test_filters_by_group_and_audience(self, client, cast):
        make_service(cast, code="GURU-1", audiences=["guru"], category="Data")
        make_service(cast, code="UMUM-1")
        assert 'data-service="UMUM-1"' not in page(client, "service_list", untuk="guru")
        assert 'data-service="GURU-1"' in page(client, "service_list", kelompok="data")
        assert "Tidak ada layanan di sini" in page(client, "service_list", kelompok="data", untuk="umum")

    def test_service_shows_facts_components_and_procedure(self, client, cast):
        service = make_service(cast)
        html = page(client, "service_detail", service.slug)
        for words in (
            "Yang perlu dibawa",
            "Paling banyak 2 berkas, 1 dokumen asli",
            "3 hari kerja",
            "Gratis",
            "Surat keterangan",
            "Persyaratan",
            "hanya bila: Hilang",
            "Cara mengurus",
            "Menandatangani surat",
            "Lama pelayanan",
            "Hasil layanan",
            "Pengaduan, saran, dan masukan",
            "SP4N-LAPOR!",
            "Ajukan permohonan",
        ):
            assert words in html, words
        assert reverse("sop_detail", args=[service.sop.slug]) in html
        for fact in (">Gratis", "sejak berkas lengkap", "Surat keterangan</dd>"):
            assert html.count(fact) == 1, fact

    def test_a_visit_starts_with_an_appointment(self, client, cast):
        service = make_service(cast, kind="visit", channels=["walk-in", "appointment"])
        html = page(client, "service_detail", service.slug)
        starts = re.findall(r'<a class="btn btn-primary" href="(.*?)">', html)
        assert starts == [f"{reverse('appointments')}?layanan={service.slug}"] * 2
        assert "Ajukan permohonan</a>" not in html and "Lanjutkan draf" not in html
        only_here = make_service(cast, kind="visit", channels=["walk-in"])
        html = page(client, "service_detail", only_here.slug)
        assert "btn-primary" not in html and "service__bar" not in html and "Datang langsung" in html

    def test_notes_of_editors_are_never_public(self, client, cast):
        service = make_service(cast)
        for html in (
            page(client, "service_detail", service.slug),
            page(client, "service_list"),
            page(client, "service_list", q=service.name),
            page(client, "home"),
        ):
            assert "rahasia penyunting" not in html and "assumed" not in html

    def test_what_belongs_elsewhere_says_where(self, client, cast):
        service = elsewhere(cast)
        html = page(client, "service_detail", service.slug)
        assert "Layanan ini bukan kewenangan kami." in html and "Kantor Kementerian Agama." in html
        assert "Ajukan permohonan" not in html

    def test_unpublished_is_not_found(self, client, cast):
        service = make_service(cast, published=False)
        assert client.get(reverse("service_detail", args=[service.slug])).status_code == 404
        assert client.get(reverse("service_detail", args=["tidak-ada"])).status_code == 404

    def test_withdrawing_the_sop_takes_the_service_away(self, client, cast):
        service = make_service(cast)
        withdraw_version(service.sop.versions.get(), by=staff(cast["head"]))
        assert client.get(reverse("service_detail", args=[service.slug])).status_code == 404
        assert not published_services().exists()


class TestQueries:
    """Six at most, whatever the number of services."""

    @pytest.mark.parametrize("number", [1, 3])
    def test_public_pages(self, client, cast, number):
        services = [make_service(cast) for _each in range(number)]
        paths = [
            reverse("home"),
            reverse("service_list"),
            reverse("service_list") + "?q=surat",
            reverse("service_detail", args=[services[0].slug]),
        ]
        for path in paths:
            client.get(path)  # what a process keeps: calendar, flow
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path).status_code == 200
            assert len(queries) <= 6, (path, [q["sql"][:90] for q in queries])


class TestUsualWay:
    def test_leaves_out_loops_and_refusals(self, cast):
        service = make_service(cast, content=demo_content("mut-k"))
        flow = flow_of(service.sop.versions.get().pk)
        way = usual_path(flow)
        assert [step.no for step in way] == [1, 2, 4, 5, 6, 7, 8]


class TestPublishing:
    def test_without_sop_in_force_the_reason_is_told(self, cast):
        service = make_service(cast, published=False)
        withdraw_version(service.sop.versions.get(), by=staff(cast["head"]))
        with pytest.raises(Refused, match="SOP-nya belum berlaku"):
            publish_service(service, by=staff(cast["admin"]))
        service.refresh_from_db()
        assert service.state == "draft"

    def test_all_reasons_are_named(self, db, cast):
        service = make_service(cast, published=False)
        Service.objects.filter(pk=service.pk).update(sop=None, working_days=None)
        service.form_versions.update(is_current=False)
        service.refresh_from_db()
        assert len(unpublished_reasons(service)) == 3

    def test_only_administrators_publish(self, cast):
        service = make_service(cast, published=False)
        for who in ("head", "section_head", "official"):
            with pytest.raises(NotAllowed):
                publish_service(service, by=staff(cast[who]))
        with pytest.raises(NotAllowed):
            publish_service(service, by=staff(make_person(Role.FRONT_DESK)))

    def test_twice_is_once(self, cast):
        service = make_service(cast)
        publish_service(service, by=staff(cast["admin"]))
        entries = JournalEntry.objects.filter(subject_kind="service", verb="publish_service")
        assert entries.count() == 1
        withdraw_service(service, by=staff(cast["admin"]))
        with pytest.raises(Outdated):
            withdraw_service(service, by=staff(cast["admin"]))

    def test_gaps_are_for_staff(self, cast):
        service = make_service(cast, legal_basis=[], working_days=1, content=demo_content("mut-k"))
        assert any("Dasar hukum" in str(gap) for gap in gaps_of(service))

    @pytest.mark.parametrize(("days", "short"), [(None, False), (0, False), (1, True), (1000, False)])
    def test_a_promise_shorter_than_the_sop_is_said_where_one_is_made(self, cast, days, short):
        content = small_content()
        content["steps"][2] |= {"minutes": 1000, "time_text": "1000 menit"}
        service = make_service(cast, content=content)
        service.working_days = days
        assert any("lebih pendek" in gap for gap in gaps_of(service)) is short


class TestAdmin:
    def test_list_says_why_without_a_query_per_row(self, client, cast):
        client.force_login(cast["admin"])
        # The first page of all also reads the office for the header.
        client.get(reverse("admin:services_service_changelist"))
        counts = []
        for _each in range(2):
            make_service(cast, published=False)
            Service.objects.update(sop=None)
            with CaptureQueriesContext(connection) as queries:
                html = client.get(reverse("admin:services_service_changelist")).content.decode()
            counts.append(len(queries))
            assert "Belum ada SOP yang dipasangkan." in html
        assert counts[0] == counts[1] and counts[0] <= 12

    def test_publishing_tells_reasons(self, client, cast):
        good, bad = make_service(cast, published=False), make_service(cast, published=False)
        Service.objects.filter(pk=bad.pk).update(sop=None)
        client.force_login(cast["admin"])
        answer = client.post(
            reverse("admin:services_service_changelist"),
            {"action": "publish", "_selected_action": [good.pk, bad.pk]},
            follow=True,
        ).content.decode()
        good.refresh_from_db()
        bad.refresh_from_db()
        assert (good.state, bad.state) == ("published", "draft")
        assert "1 layanan diterbitkan." in answer and "Belum ada SOP" in answer

    def test_change_page_opens_and_saves(self, client, cast):
        service = make_service(cast)
        client.force_login(cast["admin"])
        path = reverse("admin:services_service_change", args=[service.pk])
        form = client.get(path).context["adminform"].form
        data = {name: form[name].value() for name in form.fields}
        data = {name: "" if value is None else value for name, value in data.items()}
        data |= {"synonyms": "satu\ndua kata", "legal_basis": "UU 1", "internal_components": "{}"}
        rows = list(service.requirements.order_by("order"))
        data |= {"requirements-TOTAL_FORMS": 3, "requirements-INITIAL_FORMS": 3}
        for number, row in enumerate(rows):
            prefix = f"requirements-{number}-"
            data |= {
                f"{prefix}id": row.pk,
                f"{prefix}service": service.pk,
                f"{prefix}order": row.order,
                f"{prefix}text": row.text,
                f"{prefix}kind": row.kind,
                f"{prefix}required": "on",
                f"{prefix}show_if": '{"tidak_ada": ["x"]}' if number == 0 else "{}",
                f"{prefix}active": "on",
            }
        wrong = client.post(path, data).content.decode()
        assert "tidak memiliki isian tidak_ada" in wrong
        data["requirements-0-show_if"] = '{"jenis": ["Rusak"]}'
        assert client.post(path, data).status_code == 302
        service.refresh_from_db()
        assert service.synonyms == ["satu", "dua kata"]
        assert service.requirements.get(pk=rows[0].pk).show_if == {"jenis": ["Rusak"]}
        assert JournalEntry.objects.filter(subject_kind="service", verb="admin_change").exists()

    def test_a_published_service_cannot_lose_its_sop(self, client, cast):
        service = make_service(cast)
        client.force_login(cast["admin"])
        path = reverse("admin:services_service_change", args=[service.pk])
        form = client.get(path).context["adminform"].form
        data = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
        data |= {"sop": "", "synonyms": "", "legal_basis": "", "internal_components": "{}"}
        data |= {"requirements-TOTAL_FORMS": 0, "requirements-INITIAL_FORMS": 0}
        assert "Tarik layanan terlebih dahulu" in client.post(path, data).content.decode()

    def test_who_may_see_and_change(self, client, cast):
        service = make_service(cast)
        path = reverse("admin:services_service_change", args=[service.pk])
        client.force_login(cast["section_head"])
        assert client.get(path).status_code == 200
        assert client.post(path, {}).status_code == 403
        client.force_login(cast["official"])
        assert client.get(path, follow=True).status_code == 403

    def test_forms_are_only_looked_at(self, client, cast):
        service = make_service(cast)
        client.force_login(cast["admin"])
        path = reverse("admin:services_formversion_change", args=[service.form_versions.get().pk])
        assert "Nomor surat polisi" in client.get(path).content.decode()
        assert client.post(path, {}).status_code == 403
