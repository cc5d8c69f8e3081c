"""Public pages: only SOPs in force, few queries, the same drawing on screen and paper."""

import datetime
import io

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse

from sop.approval.actions import life
from sop.document import content as document
from sop.document import pdf as document_pdf
from sop.drafting.actions import importing
from sop.library.queries import library
from sop.models import SopVersion
from sop.rules.queries import flows
from tests.factories import sop as make
from tests.factories.pages import text
from ula_portal.core import clock, ports
from ula_portal.core.journal.actors import SYSTEM, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder_of_its_own")]


@pytest.fixture
def statistics():
    """Lets a test answer the port in place of services."""
    before = ports.case_statistics._function
    yield lambda figures: setattr(ports.case_statistics, "_function", lambda version: figures)
    ports.case_statistics._function = before


def pages_of(version):
    return [reverse("sop_detail", args=[version.sop.slug]), reverse("sop_pdf", args=[version.sop.slug])]


def test_the_list_shows_what_is_in_force_only(client, units, cast, published):
    draft = importing.import_sop(make.small_content(number="2", name="Belum Disahkan"), by=SYSTEM).version
    later = make.publish(
        make.small_content(number="3", name="Mulai Besok"), cast, clock.today() + datetime.timedelta(days=1)
    )
    withdrawn = make.publish(make.small_content(number="4", name="Sudah Dicabut"), cast)
    life.withdraw_version(withdrawn, by=staff(cast["admin"]))
    page = text(client.get(reverse("sop_list")))
    assert published.title in page
    for version in (draft, later, withdrawn):
        assert version.title not in page
    for address in pages_of(draft):
        assert client.get(address).status_code == 404


def test_search_by_words_number_and_unit(client, cast, published):
    other = make.publish(make.small_content(number="77/SOP", name="Cuti Guru", unit="Sekretariat"), cast)

    def found(**query):
        page = text(client.get(reverse("sop_list"), query))
        return [v.title for v in (published, other) if f"/sop/{v.sop.slug}/" in page]

    both = [published.title, other.title]
    assert found() == both and found(q="  ") == both
    assert found(q="guru CUTI") == [other.title] and found(q="77/sop") == [other.title]
    assert found(unit="DIKDAS") == [published.title] and found(unit="TIDAK-ADA") == []
    for awkward in ("%", "_", "'", "\0", "\\", "x" * 5000, "<script>"):
        assert client.get(reverse("sop_list"), {"q": awkward, "unit": awkward}).status_code == 200
    assert "<script>alert" not in text(client.get(reverse("sop_list"), {"q": '"><script>alert(1)</script>'}))
    assert "belum ditemukan" in text(client.get(reverse("sop_list"), {"q": "zzz"}))


def test_the_list_turns_its_pages(client, units, cast, monkeypatch):
    monkeypatch.setattr("sop.library.views.PAGE_SIZE", 2)
    for n in range(5):
        make.publish(make.small_content(number=f"n{n}", name=f"Prosedur {n}"), cast)
    seen, address = [], reverse("sop_list")
    while address:
        response = client.get(address)
        seen += [version.title for version in response.context["page"].rows]
        following = response.context["next_url"]
        address = following and reverse("sop_list") + following
    assert seen == [f"Prosedur {n}" for n in range(5)]
    assert client.get(reverse("sop_list"), {"page": "palsu"}).context["page"].rows[0].title == "Prosedur 0"


def test_an_empty_list_says_so(client, units):
    assert "Belum ada SOP yang diterbitkan" in text(client.get(reverse("sop_list")))


def test_the_page_shows_identity_steps_and_chart(client, published):
    page = text(client.get(reverse("sop_detail", args=[published.sop.slug])))
    for words in (
        published.sop.number,
        "Dr. Kepala Contoh, M.Pd.",
        "19700101 199503 1 901",
        "Undang-Undang Nomor 25 Tahun 2009",
        "Pencatatan dan pendataan",
        "Kelengkapan",
        "Ya → langkah 3; Tidak → langkah 1",
        "1 jam 30 menit",
    ):
        assert words in page
    assert page.count('role="img"') == 4
    assert "style=" not in page and "CONTOH" not in page


def test_an_example_is_marked_as_such(client, cast, units):
    version = make.publish(make.small_content(example=True, confidence="guessed by the editor"), cast)
    page = text(client.get(reverse("sop_detail", args=[version.sop.slug])))
    assert "CONTOH" in page and "guessed by the editor" not in page


def test_names_are_written_out_safely(client, cast, units):
    data = make.small_content(name="Surat <b>tebal</b> & lain")
    data["steps"][1]["yes_label"] = '"><script>x</script>'
    data["steps"][2]["output"] = "<img src=x onerror=y>"
    page = text(client.get(reverse("sop_detail", args=[make.publish(data, cast).sop.slug])))
    assert "<b>tebal" not in page and "<script>x" not in page and "<img src=x" not in page


def test_real_times_stand_beside_the_standard(client, published, statistics):
    statistics({2: {"runs": 12, "median_seconds": 2700, "p90_seconds": 9000}, 3: {"runs": 2, "median_seconds": 60}})
    page = text(client.get(reverse("sop_detail", args=[published.sop.slug])))
    assert "45 menit (nilai tengah dari 12 pekerjaan)" in page
    assert "dari 2 pekerjaan" not in page


def test_pages_ask_few_questions_of_the_database(client, units, cast, django_assert_max_num_queries):
    first = make.publish(make.small_content(), cast)
    client.get(reverse("sop_list"))
    with django_assert_max_num_queries(7) as one:
        client.get(reverse("sop_list"))
    make.publish(make.demo_content("paud"), cast)
    make.publish(make.small_content(number="3", name="Ketiga"), cast)
    with django_assert_max_num_queries(7) as three:
        client.get(reverse("sop_list"))
    assert len(one) == len(three)
    flows.clear_flow_cache()
    for version in (first, library.public_versions().get(sop__slug="rekomendasi-izin-satuan-paud")):
        with django_assert_max_num_queries(6 + 4):
            client.get(reverse("sop_detail", args=[version.sop.slug]))
        with django_assert_max_num_queries(6):
            client.get(reverse("sop_detail", args=[version.sop.slug]))


@pytest.mark.parametrize("name", ["sop_list", "sop_detail", "sop_pdf"])
def test_pages_are_only_read(published, name):
    arguments = [] if name == "sop_list" else [published.sop.slug]
    assert Client().post(reverse(name, args=arguments)).status_code == 405


# Paper


def test_the_pdf_is_landscape_and_has_a_page_per_screenful(client, units, cast):
    version = make.publish(make.demo_content("paud"), cast)
    response = client.get(reverse("sop_pdf", args=[version.sop.slug]))
    assert response["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(response.content)) as pdf:
        assert len(pdf.pages) == 3
        for page in pdf.pages:
            assert float(page.mediabox[2]) > float(page.mediabox[3])


def test_drafts_have_no_approver_on_paper(units):
    version = make.imported(make.small_content())
    assert document.identity_block(version)["approved_as"] == {}
    assert document_pdf.pdf_of(SopVersion.objects.get(pk=version.pk)).startswith(b"%PDF-")
