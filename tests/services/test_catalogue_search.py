"""Search finds the right service first: by its name, by other words, and with spelling mistakes."""

import json

import pytest
from django.db import transaction

from services.actions.catalogue import import_catalogue
from services.models import Service
from services.queries.catalogue import search_services
from services.queries.search import ranked
from tests.factories.services import CATALOGUE, make_service
from tests.factories.sop import make_cast, make_office

# What people type → code of the service that must come first.
QUESTIONS = """
legalisir ijazah = LEG-IJZ
legalisasi ijazah = LEG-IJZ
pindah sekolah = MUT-K
anak saya mau pindah sekolah ke medan = MUT-K
ijazah hilang = SKPI
ijasah hilang = SKPI
izasah rusak = SKPI
salah nama di ijazah = SKK
nama salah = SKK
mutasi siswa = MUT-K
siswa pindahan = MUT-M
pindah dari luar kabupaten = MUT-M
izin tk = PAUD
izin paud = PAUD
ijin paud = PAUD
kursus = PNF
lkp = PNF
npsn = NPSN
nuptk = NUPTK
nisn salah = VPD
perbaikan nisn = VPD
dapodik = DAPO
dapodk = DAPO
gaji berkala = KGB
kenaikan gaji = KGB
kgb = KGB
naik pangkat = KP
kenaikan pangkat = KP
pangkt guru = KP
cuti melahirkan = CUTI
cuti = CUTI
mutasi guru = MUT-G
pindah tugas guru = MUT-G
tugas belajar = TB
kuliah lagi = TB
penelitian = RISET
skripsi = RISET
magang = RISET
pip = BANTU
bos = BANTU
beasiswa pip = BANTU
legalisir sk = LEG-SK
bertemu kepala dinas = TAMU
ketemu pejabat = TAMU
sma = SMA
mutasi sma = SMA
madrasah = MADRASAH
mts = MADRASAH
legalisir di sekolah = IJZ-SKL
legalisr ijasah = LEG-IJZ
fotokopi ijazah = LEG-IJZ
cap basah = LEG-IJZ
izin penelitian = RISET
izin belajar = TB
izin sakit = CUTI
kenaikan pangakt = KP
surat pindah = MUT-K
pindah skolah = MUT-K
guru pindah = MUT-G
ubah data sekolah = NPSN
data siswa = VPD
konsultasi = TAMU
angka kredit = KP
"""


@pytest.fixture(scope="module")
def catalogue(django_db_setup, django_db_blocker):
    """The demo's catalogue, once for the whole table of questions."""
    with django_db_blocker.unblock(), transaction.atomic():
        import_catalogue(json.loads(CATALOGUE.read_text(encoding="utf-8")))
        yield list(Service.objects.select_related("category"))
        transaction.set_rollback(True)


@pytest.mark.parametrize("line", QUESTIONS.strip().splitlines())
def test_the_right_service_comes_first(catalogue, line):
    question, code = line.split(" = ")
    assert ranked(catalogue, question)[0].code == code


@pytest.mark.parametrize("question", ["xyzzy qwerty", "kucing terbang", "'; drop table--"])
def test_nothing_is_found_for_nonsense(catalogue, question):
    assert ranked(catalogue, question) == []


@pytest.mark.parametrize("question", ["", "   ", "?!", "\x00\x01"])
def test_an_empty_question_shows_everything(catalogue, question):
    assert ranked(catalogue, question) == catalogue


def test_signs_of_the_query_language_are_only_text(catalogue):
    assert ranked(catalogue, "ijazah & | ! :* <->")[0].code == "LEG-IJZ"


@pytest.mark.django_db
def test_only_what_the_public_sees_is_found():
    cast = make_cast(make_office())
    shown = make_service(cast, name="Surat gajah putih")
    make_service(cast, name="Surat gajah hitam", published=False)
    assert search_services("gajah") == [shown]
