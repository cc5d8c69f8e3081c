"""The public library: tolerant search, marked hits, and every version that was ever published."""

import datetime
import html
import re

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sop.approval.actions.life import approve_version, verify_version, withdraw_version
from sop.drafting.actions import importing
from sop.exchange import formats
from sop.library import highlight
from sop.library import rows as library
from sop.library.queries.library import public_life, public_versions, units_with_public_sops
from sop.library.queries.search import parse_question
from sop.models import Passage, SearchEntry, SearchWord, Sop
from tests.factories import sop as make
from tests.factories.pages import text
from ula_portal.core import clock, ports
from ula_portal.core.journal.actors import SYSTEM, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder_of_its_own")]
DAY = datetime.timedelta(days=1)


@pytest.fixture
def services():
    """Lets a test answer the port in place of services: all services, and those that match any words."""
    before = ports.services_on_sops._function

    def answer(every, fitting=()):
        ports.services_on_sops._function = lambda words="": list(fitting if words else every)

    answer([])
    yield answer
    ports.services_on_sops._function = before


def search(client, q="", **more):
    return client.get(reverse("sop_list"), {"q": q, **more})


def slugs(response):
    return [row.version.sop.slug for row in response.context["rows"]]


def detail(version):
    return reverse("sop_detail", args=[version.sop.slug])


def one(version):
    return reverse("sop_version", args=[version.sop.slug, version.ordinal])


def next_version(cast, effective_from, basis="Peraturan baru"):
    """Another version of the small SOP, published for a given day."""
    return make.publish(make.small_content(legal_basis=[basis]), cast, effective_from)


# Search: words


def test_a_word_of_withdrawn_versions_is_not_offered(units, cast):
    version = make.publish(make.small_content(name="Peminjaman Proyektor oleh Promotor"), cast)
    # Of two possible words, the more similar one.
    assert parse_question("proyktor").shown == "proyektor"
    withdraw_version(version, by=staff(cast["admin"]))
    assert parse_question("proyktor").shown == "proyktor"
    assert not SearchWord.objects.exists() and not Passage.objects.exists() and not SearchEntry.objects.exists()


def test_a_word_of_a_replaced_version_is_not_offered(units, cast):
    content = make.small_content(name="Peminjaman Proyektor")
    make.publish(content, cast)
    make.publish(content | {"name": "Peminjaman Layar"}, cast, clock.today())
    assert parse_question("proyktor").shown == "proyktor"
    assert parse_question("layr peminjaman").shown == "layar peminjaman"


# What the public sees


def test_of_each_sop_and_unit_what_is_in_force_counts(units, cast):
    one = make.publish(make.small_content(number="420/1"), cast)
    other = make.publish(make.small_content(number="420/2", name="Lain", unit="", unit_code="GTK"), cast)
    make.imported(make.small_content(number="420/3", name="Draf", unit="", unit_code="ULA"))
    assert {unit.code for unit in units_with_public_sops()} == {"DIKDAS", "GTK"}
    assert list(public_versions("GTK")) == list(public_versions(sop_id=other.sop_id)) == [other]
    withdraw_version(other, by=staff(cast["admin"]))
    assert [unit.code for unit in units_with_public_sops()] == ["DIKDAS"]
    assert [unit.code for unit in units_with_public_sops(one.effective_from - DAY)] == []


# Search: marks


def test_hits_are_marked_in_name_and_step(client, published):
    response = search(client, "surat ditandatangani")
    row = response.context["rows"][0]
    assert row.title == "<mark>Surat</mark> Keterangan Contoh"
    assert (row.place, row.excerpt) == ("Langkah 3", "<mark>Menandatangani</mark> <mark>surat</mark>")
    assert row.title in text(response) and f"{row.place}:" in text(response)
    response = search(client, "pelayanan publik")
    assert response.context["rows"][0].place == "Dasar hukum"
    output = search(client, "hasil").context["rows"][0]
    assert (output.place, output.excerpt) == ("Langkah 2, output", "<mark>Hasil</mark>")


def test_marks_let_nothing_through(client, units, cast):
    data = make.small_content(name="<script>alert(1)</script> Surat & lain", number='9"><b>')
    data["steps"][1]["activity"] = (
        "Apakah <img src=x onerror=alert(1)> &lt;b&gt; surat </mark><script>lengkap</script>?"
    )
    data["steps"][2]["output"] = "\ue000surat\ue001 <mark"
    make.publish(data, cast)
    for q in ("surat", "script", "img onerror", "mark", "lengkap alert", "b"):
        response = search(client, q)
        assert response.context["rows"]
        page = re.sub(r"</?mark>", "", text(response))
        assert "<script>alert" not in page and "<img src=x" not in page and "<b>" not in page
        assert text(response).count("<mark>") == text(response).count("</mark>") > 0


@given(st.text(max_size=400), st.lists(st.text(st.characters(categories=["Ll", "Nd"]), min_size=1), max_size=5))
def test_an_excerpt_is_escaped_text_of_the_passage(said, hits):
    whole = highlight.excerpt(said, set(hits) | highlight.index_words(said[:40]))
    shown = html.unescape(re.sub(r"</?mark>", "", whole))
    shown = shown.removeprefix("… ").removesuffix(" …")
    assert shown in " ".join(said.split()) or shown.strip() in " ".join(said.split())
    assert "<" not in re.sub(r"</?mark>", "", whole)


def test_a_long_passage_is_cut_around_the_hit():
    said = "satu dua tiga empat " * 30 + "ijazah " + "lima enam tujuh " * 30
    shown = highlight.excerpt(said, {"ijazah"})
    assert shown.startswith("… ") and shown.endswith(" …") and "<mark>ijazah</mark>" in shown
    assert len(shown) < highlight.LONGEST + 40
    assert highlight.excerpt("x" * 500, {"y"}).startswith("xxx")


# Search: order, pages, filters, floods


def test_the_name_goes_before_the_rest(client, units, cast):
    first = make.small_content(number="1", name="Zonasi Sekolah")
    second = make.small_content(number="2", name="Aturan Lain")
    second["steps"][1]["activity"] = "Apakah zonasi sekolah sesuai?"
    for content in (second, first):
        make.publish(content, cast)
    rows = search(client, "zonasi sekolah").context["rows"]
    assert [row.version.title for row in rows] == ["Zonasi Sekolah", "Aturan Lain"]


def test_results_turn_their_pages_by_key(client, units, cast, monkeypatch):
    monkeypatch.setattr("sop.library.views.PAGE_SIZE", 2)
    for n in range(5):
        make.publish(make.small_content(number=f"n{n}", name=f"Prosedur Zonasi {'Sekolah ' * n}"), cast)
    seen, address = [], reverse("sop_list") + "?q=zonasi&unit=DIKDAS"
    while address:
        response = client.get(address)
        assert response.context["found"].total == 5
        seen.append(slugs(response))
        following = response.context["next_url"]
        address = following and reverse("sop_list") + following
    assert [len(page) for page in seen] == [2, 2, 1] and len({slug for page in seen for slug in page}) == 5
    back = client.get(reverse("sop_list") + response.context["prev_url"])
    assert slugs(back) == seen[1]


def test_of_many_words_half_must_be_held(client, units, cast):
    names = ("Izin kuliah pegawai negeri", "Cuti pegawai melahirkan", "Beasiswa prestasi olahraga")
    versions = [make.publish(make.small_content(name=name, number=name), cast) for name in names]
    found = {asked: slugs(search(client, asked)) for asked in ("kuliah pegawai beasiswa", "kuliah pegawai", "kuliah")}
    first = versions[0].sop.slug
    assert found == {"kuliah pegawai beasiswa": [first], "kuliah pegawai": [first], "kuliah": [first]}


def test_filters_keep_each_other(client, units, cast, services):
    here = make.publish(make.small_content(), cast)
    there = make.publish(make.small_content(number="2", name="Surat Lain", unit="Sekretariat"), cast)
    first = ports.ServiceOnSop(here.sop_id, "A", "Surat A", "/layanan/a/")
    services([first, ports.ServiceOnSop(there.sop_id, "B", "Surat B", "/layanan/b/")])
    assert slugs(search(client, service="B")) == [there.sop.slug]
    assert slugs(search(client, "surat", service="A")) == [here.sop.slug]
    assert slugs(search(client, service="TIDAK-ADA")) == []
    response = search(client, "surat", unit="DIKDAS", service="B")
    page = text(response)
    assert not response.context["rows"] and "SOP yang cocok ada di unit atau layanan lain" in page
    assert '<option value="DIKDAS" lang="id" selected>' in page and '<option value="B" lang="id" selected>' in page
    assert slugs(client.get(reverse("sop_list") + response.context["unfiltered_url"])) != []
    page = text(search(client))
    assert "Surat A" in page and "Surat B" in page


def test_words_of_a_service_bring_its_sop(client, published, services):
    service = ports.ServiceOnSop(published.sop_id, "A", "Pindah sekolah", "/layanan/a/")
    services([service], fitting=[service])
    response = search(client, "pindah")
    assert slugs(response) == [published.sop.slug] and response.context["found"].total == 1
    assert "<mark>Pindah</mark> sekolah" in text(response)
    assert 'href="/layanan/a/"' in text(client.get(detail(published)))


def test_the_number_of_results_is_honest_and_capped(client, units, cast, monkeypatch):
    for n in range(3):
        make.publish(make.small_content(number=f"n{n}", name=f"Zonasi {n}"), cast)
    assert "> 3 SOP <" in text(search(client, "zonasi")) and "> 3 SOP <" in text(search(client))
    monkeypatch.setattr("sop.library.rows.COUNTED", 2)
    assert "lebih dari 2 SOP" in text(search(client, "zonasi"))


AWKWARD = ["'&|!():*", "\0", "a\0b", "x" * 10_000, "kata " * 2_000, "%", "_", "\\", "‮🙂", "<->", "a:*A", "''", "–"]


@pytest.mark.parametrize("q", AWKWARD)
def test_nothing_typed_breaks_the_search(client, published, q):
    assert search(client, q, unit=q, service=q, exact=q, page=q).status_code == 200
    assert search(client, f"surat {q[:50]}").status_code == 200


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_breaks_the_search(published, typed):
    library.rows(list(library.find_versions(parse_question(typed)).versions), parse_question(typed), [])


def test_searching_asks_as_many_questions_as_without_results(
    client, units, cast, services, django_assert_max_num_queries
):
    services([])
    make.publish(make.small_content(number="n", name="Zonasi"), cast)
    counts = []
    search(client, "zonasi surat", unit="DIKDAS")
    for n in range(3):
        with django_assert_max_num_queries(6) as asked:
            search(client, "zonasi surat", unit="DIKDAS")
        counts.append(len(asked))
        for m in range(2):
            make.publish(make.small_content(number=f"n{n}{m}", name=f"Zonasi {n}{m}"), cast)
    assert len(set(counts)) == 1


# Updates of the index


def test_the_index_follows_name_number_and_unit(units, cast, published):
    Sop.objects.filter(pk=published.sop_id).update(number="XX/777")
    units["DIKDAS"].name = "Bidang Perpustakaan"
    units["DIKDAS"].save()
    for q in ("xx 777", "perpustakaan"):
        assert [v.pk for v in library.find_versions(parse_question(q)).versions] == [published.pk]
    counted = dict(SearchWord.objects.values_list("word", "versions"))
    assert counted["perpustakaan"] == 1 and min(counted.values()) == 1


def test_words_are_counted_by_version(units, cast):
    first, second = (make.publish(make.small_content(number=n, name=f"Zonasi {n}"), cast) for n in ("1", "2"))
    assert SearchWord.objects.get(word="zonasi").versions == 2
    withdraw_version(first, by=staff(cast["admin"]))
    assert SearchWord.objects.get(word="zonasi").versions == 1
    assert set(SearchEntry.objects.values_list("version_id", flat=True)) == {second.pk}


def test_drafts_and_approved_versions_are_not_indexed(units, cast):
    version = make.imported(make.small_content())
    make.confirm_all(version, cast["admin"])
    verify_version(version, by=staff(cast["head"]))
    make.approve(version, cast["head"], "800/1")
    assert not SearchEntry.objects.exists() and not SearchWord.objects.exists()


def test_a_huge_text_does_not_bar_publication(units, cast):
    data = make.small_content()
    for step in data["steps"]:
        for key in ("note", "inputs", "output"):
            step[key] = " ".join(f"{key}{step['no']}x{n}" for n in range(350))[:4900]
    make.publish(data, cast)
    assert library.find_versions(parse_question("note4x300")).total == 1


# Versions


def test_an_old_version_is_marked_and_leads_to_the_current_one(client, units, cast, published):
    second = next_version(cast, clock.today())
    response = client.get(one(published))
    page = text(response)
    assert "Versi ini tidak berlaku sejak" in page and "Lihat versi yang berlaku" in page
    assert '<meta name="robots" content="noindex">' in page
    assert f'<link rel="canonical" href="http://testserver{detail(second)}">' in page
    current = text(client.get(detail(second)))
    assert "tidak berlaku sejak" not in current.split("Semua versi")[0] and "noindex" not in current
    assert one(published) in current
    # The address with its number also remains valid for the version in force.
    assert "Peraturan baru" in text(client.get(one(second)))
    assert client.get(one(published) + "pdf/")["Content-Type"] == "application/pdf"


def test_a_version_to_come_is_announced(client, units, cast, published):
    second = next_version(cast, clock.today() + DAY)
    assert "Versi baru SOP ini berlaku mulai" in text(client.get(detail(published)))
    page = text(client.get(one(second)))
    assert "Versi ini belum berlaku" in page and "Lihat versi yang berlaku" in page
    third = make.publish(make.small_content(number="3", name="Mulai Besok"), cast, clock.today() + DAY)
    response = client.get(detail(third))
    assert response.status_code == 200 and "SOP ini belum berlaku" in text(response)
    assert one(third) in text(response)


def test_a_withdrawn_sop_says_so_and_is_gone(client, units, cast, published):
    withdraw_version(published, by=staff(cast["admin"]))
    response = client.get(detail(published))
    assert response.status_code == 410
    assert "SOP ini sudah dicabut dan tidak berlaku sejak" in text(response) and one(published) in text(response)
    page = text(client.get(one(published)))
    assert "Versi ini dicabut dan tidak berlaku sejak" in page and "tidak memiliki versi yang berlaku" in page
    assert client.get(reverse("sop_pdf", args=[published.sop.slug]))["Location"] == detail(published)
    assert published.title not in text(search(client))


def test_drafts_and_approved_versions_are_not_found(client, units, cast, published):
    data = make.small_content(legal_basis=["Peraturan baru"])
    draft = importing.import_sop(data, by=SYSTEM).version
    addresses = [one(draft), one(draft) + "pdf/"]
    for _state in ("draft", "approved", "withdrawn"):
        assert [client.get(address).status_code for address in addresses] == [404, 404]
        if _state == "draft":
            make.confirm_all(draft, cast["admin"])
            verify_version(draft, by=staff(cast["head"]))
            approve_version(draft, by=staff(cast["head"]), decree="800/1", effective_from=clock.today())
        elif _state == "approved":
            withdraw_version(draft, by=staff(cast["admin"]))
    assert f"/versi/{draft.ordinal}/" not in text(client.get(detail(published)))
    assert client.get(reverse("sop_version", args=[published.sop.slug, 10**30])).status_code == 404


def test_a_version_replaced_before_its_day_never_held(units, cast, published):
    second = next_version(cast, clock.today() + DAY)
    third = next_version(cast, clock.today() + DAY, "Lain")
    life = public_life(published.sop.slug)
    standings = {version.pk: (standing.kind, standing.never_held) for version, standing in life.rows}
    assert standings[second.pk] == ("replaced", True) and standings[third.pk] == ("later", False)
    assert standings[published.pk] == ("in_force", False) and life.coming.pk == third.pk


def test_the_pdf_is_not_fetched_twice(client, published):
    address = reverse("sop_pdf", args=[published.sop.slug])
    first = client.get(address)
    assert re.fullmatch(r'"[0-9a-f]{64}"', first["ETag"]) and "no-cache" in first["Cache-Control"]
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304 and not again.content
    assert client.get(address, headers={"If-None-Match": '"anders"'}).status_code == 200


@pytest.mark.parametrize("kind", ["json", "xlsx", "bpmn"])
def test_the_version_in_force_comes_in_other_formats(client, units, cast, kind):
    version = make.publish(make.small_content(confidence="guessed by the editor"), cast)
    address = reverse("sop_download", args=[version.sop.slug, kind])
    assert f'href="{address}"' in text(client.get(detail(version)))
    response = client.get(address)
    assert response["Content-Disposition"] == f'attachment; filename="SOP-{version.sop.slug}.{kind}"'
    content = formats.read_sop_file(f"sop.{kind}", response.content)
    assert content["name"] == version.title and len(content["steps"]) == 4 and not content.get("confidence")
    next_version(cast, clock.today())
    assert b"Peraturan baru" in client.get(reverse("sop_download", args=[version.sop.slug, "json"])).content


def test_what_is_not_in_force_is_not_handed_out(client, cast, published):
    assert client.get(reverse("sop_download", args=[published.sop.slug, "docx"])).status_code == 404
    assert "/unduh/" not in text(client.get(one(next_version(cast, clock.today() + DAY))))
    withdraw_version(published, by=staff(cast["admin"]))
    assert client.get(reverse("sop_download", args=[published.sop.slug, "json"])).status_code == 404


def test_indonesian_texts_are_named_as_such_on_english_pages(client, published):
    client.post(reverse("set_language"), {"language": "en"})
    page = text(client.get(detail(published)))
    assert '<html lang="en"' in page and f'<h1 lang="id">{published.title}</h1>' in page
    assert '<dd lang="id">' in page
