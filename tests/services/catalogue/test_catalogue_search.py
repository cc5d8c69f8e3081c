"""Search finds the right service first: by its name, by other words, and with spelling mistakes."""

import json

import pytest
from django.db import transaction
from django.urls import reverse

from services.catalogue.actions.importing import import_catalogue
from services.catalogue.queries.catalogue import search_services
from services.catalogue.queries.search import ranked, suggestion_for
from services.models import Service
from tests.factories.services import CATALOGUE, make_service
from tests.factories.sop import make_cast, make_office
from ula_portal.core.journal.actors import SYSTEM

from .search_questions import QUESTIONS as AS_TYPED

# Query → code of the service that must be the first result.
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
    """The demo's catalogue, built once for the whole table of queries."""
    with django_db_blocker.unblock(), transaction.atomic():
        import_catalogue(json.loads(CATALOGUE.read_text(encoding="utf-8")), by=SYSTEM)
        yield list(Service.objects.select_related("category"))
        transaction.set_rollback(True)


@pytest.mark.parametrize("line", QUESTIONS.strip().splitlines())
def test_the_right_service_comes_first(catalogue, line):
    question, code = line.split(" = ")
    assert ranked(catalogue, question)[0].code == code


@pytest.mark.parametrize(("question", "code"), AS_TYPED)
def test_the_right_service_is_among_the_first_three(catalogue, question, code):
    assert code in [service.code for service in ranked(catalogue, question)[:3]]


def test_the_questions_cover_every_service(catalogue):
    meant = [code for _question, code in AS_TYPED]
    assert len({question for question, _code in AS_TYPED}) >= 40
    assert {service.code for service in catalogue if meant.count(service.code) < 2} == set()


@pytest.mark.parametrize(
    ("question", "meant", "code"),
    [("nuptq", "nuptk", "NUPTK"), ("madarsa", "madrasah", "MADRASAH"), ("dapadik", "dapodik", "DAPO")],
)
def test_what_was_meant_is_guessed(catalogue, question, meant, code):
    words, services = suggestion_for(catalogue, question)
    assert words == meant and services[0].code == code and len(services) <= 3


@pytest.mark.parametrize("question", ["", "zzzzzz", "?!", "a b c"])
def test_nothing_is_guessed_from_nothing(catalogue, question):
    assert suggestion_for(catalogue, question) == ("", [])


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


@pytest.mark.django_db
def test_a_word_added_in_the_panel_is_found_at_once(client):
    cast = make_cast(make_office())
    service = make_service(cast, name="Surat keterangan pengganti")
    make_service(cast, name="Legalisasi ijazah")
    assert search_services("sijil") == []
    client.force_login(cast["admin"])
    path = reverse("admin:services_service_change", args=[service.pk])
    form = client.get(path).context["adminform"].form
    data = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    data |= {"synonyms": "sijil\nsurat tamat belajar", "legal_basis": ""}
    data |= {"requirements-TOTAL_FORMS": 0, "requirements-INITIAL_FORMS": 0}
    assert client.post(path, data).status_code == 302
    assert search_services("sijil") == [service] and search_services("tamat belajar") == [service]
