"""Typical queries find the right SOP of the demo office, even if misspelt or in other words."""

import pytest
from django.db import transaction
from django.urls import reverse

from sop.library import rows as library
from sop.library.queries import search
from tests.factories import sop as make

pytestmark = pytest.mark.django_db
# Query → the demo's SOP (its file) that must be among the first three results.
QUESTIONS = """
legalisasi ijazah = leg-ijz
legalisr ijasah = leg-ijz
legalisir ijazah sekolah tutup = leg-ijz
ijasah sekolah bubar = leg-ijz
ijazah hilang = skpi
pengganti ijasah = skpi
ijazah rusak = skpi
salah tulis ijazah = skk
kesalahan penulisan ijasah = skk
mutsi siswa = mut-k
mutasi siswa masuk = mut-m
siswa pindahan = mut-m
pindah sekolah = mut-k
anak pindah sekolah keluar = mut-k
kenaikan gaji berkla = kgb
naik gaji = kgb
gaji berkala = kgb
kenaikn pangkat guru = kp
naik pangkat = kp
cuti guru = cuti
cutii guru = cuti
mutasi guru = mut-g
pindah tugas guru = mut-g
tugas belajar = tb
tugas blajar = tb
ijin paud = paud
izin pendirian paud = paud
izin pkbm = pnf
izn lkp kursus = pnf
npsn sekolah baru = npsn
nuptk = nuptk
penonaktifan nuptk = nuptk
perbaikn data siswa = vpd
data peserta didik salah = vpd
konsultasi dapodik = dapo
dapodk = dapo
penelitan mahasiswa = riset
magang = riset
legalisir sk = leg-sk
tamu dinas = tamu
penerimaan tmu = tamu
bos pip = bantu
420/012 = kgb
bagaimana cara legalisir ijazah sekolah yang sudah tutup = leg-ijz
syarat mutasi guru pns = mut-g
ganti nama sekolah di npsn = npsn
pindah siswa antar kabupaten = mut-m
surat keterangan pengganti ijazah yang hilang = skpi
bkpsdm pangkat = kp
izin operasional lkp = pnf
izasah rusak = skpi
ijin oprasional pkbm = pnf
rekomendsi izin paud = paud
surat keterangn kesalahan ijasah = skk
"""


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """The demo office's SOPs in force, built once for the whole table; slugs by file."""
    with django_db_blocker.unblock(), transaction.atomic():
        cast = make.make_cast(make.make_office())
        files = sorted(path.stem for path in (make.STARTER / "sops").glob("*.json"))
        yield {name: make.publish(make.demo_content(name), cast).sop.slug for name in files}
        transaction.set_rollback(True)


@pytest.mark.parametrize("line", QUESTIONS.strip().splitlines())
def test_the_right_sop_is_among_the_first_three(demo, line):
    q, name = line.split(" = ")
    asked = search.parse_question(q)
    found = library.find_versions(asked)
    best = [version.sop.slug for version in found.versions.order_by("worse", "pk")[:3]]
    assert demo[name] in best, best


@pytest.mark.parametrize("q", ["xyzzy qwerty", "kucing terbang", "???", "'&|!():*", "<->", "a" * 199])
def test_nothing_is_found_for_nonsense(demo, q):
    assert library.find_versions(search.parse_question(q)).total == 0


def test_a_corrected_question_says_so_and_leads_back(demo, client):
    response = client.get(reverse("sop_list"), {"q": "legalisr ijasah", "unit": "DIKDAS"})
    page = response.content.decode()
    assert "“legalisasi ijazah”" in page and "Cari persis “legalisr ijasah”" in page
    assert response.context["rows"][0].version.sop.slug == demo["leg-ijz"]
    exact = client.get(reverse("sop_list") + response.context["exact_url"])
    assert not exact.context["rows"] and exact.context["wanted"]["unit"] == "DIKDAS"
    assert "Menampilkan hasil untuk" not in exact.content.decode() and "SOP belum ditemukan" in exact.content.decode()
    known = client.get(reverse("sop_list"), {"q": "legalisasi ijazah"})
    assert "Menampilkan hasil untuk" not in known.content.decode()


def test_only_the_mistaken_word_is_corrected(demo):
    assert search.parse_question("syarat mutsi Siswa!").shown == "syarat mutasi siswa!"


def test_numbers_and_short_words_are_never_corrected(demo):
    for typed in ("2031", "gji", "zz"):
        assert search.parse_question(typed).shown == typed
