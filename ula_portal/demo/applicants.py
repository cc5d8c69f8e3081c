"""Fictional applicants and their answers; numbers have a valid shape but are obviously invented."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

_FIRST = [
    *("Aminah", "Bambang", "Citra", "Darwis", "Elvina", "Farhan", "Gina", "Hasan", "Indah", "Jamal", "Kartika"),
    *("Lukman", "Mariam", "Nasir", "Oktavia", "Parlin", "Qonita", "Ramli", "Salmah", "Taufik", "Ulfa", "Viktor"),
    *("Wardah", "Yanti", "Zulham", "Ernita", "Sahat", "Tiurma", "Ibnu", "Melati"),
]
_LAST = ["Batubara", "Damanik", "Ginting", "Hutapea", "Lubis", "Marpaung", "Nasution", "Purba", "Saragih", "Tanjung"]
_VILLAGES = ["Desa Contoh Barat", "Desa Contoh Timur", "Kelurahan Contoh", "Dusun II Desa Contoh", "Desa Contoh Hilir"]
_DISTRICTS = ["Air Putih", "Lima Puluh", "Medang Deras", "Sei Balai", "Sei Suka", "Talawi", "Tanjung Tiram"]


@dataclass(frozen=True)
class FictionalPerson:
    name: str
    phone: str
    email: str


class Applicants:
    """Generates people and answers from the simulation's random numbers."""

    def __init__(self, rng: random.Random, today: date):
        self.rng, self.today = rng, today
        self._drawn = 0

    def person(self) -> FictionalPerson:
        """A new person; two of three give a phone number, every second one an e-mail address."""
        self._drawn += 1
        name = f"{self.rng.choice(_FIRST)} Contoh {self.rng.choice(_LAST)}"
        phone = f"08120000{self._drawn:04d}" if self.rng.random() < 0.66 else ""
        email = f"pemohon{self._drawn}@contoh.example" if self.rng.random() < 0.5 else ""
        return FictionalPerson(name, phone, email)

    def common_answers(self, person: FictionalPerson, service) -> dict[str, str]:
        """Answers to the questions that every form has."""
        return {
            "hubungan": self._relation(service),
            "nama_pemohon": person.name,
            "no_hp": person.phone,
            "surel": person.email,
            "alamat": f"{self.rng.choice(_VILLAGES)}, RT 0{self.rng.randint(1, 9)}",
            "kecamatan": self.rng.choice(_DISTRICTS),
        }

    def _relation(self, service):
        if "orang_tua" in service.audiences and self.rng.random() < 0.7:
            return "Orang tua atau wali"
        if "sekolah" in service.audiences and "guru" not in service.audiences:
            return "Operator atau kepala sekolah"
        return "Diri sendiri"

    def answers(self, fields) -> dict[str, str]:
        """Answers to the service's own questions, as submitted."""
        start = self.today + timedelta(days=self.rng.randint(14, 40))
        known = {"mulai": start.isoformat(), "selesai": (start + timedelta(days=self.rng.randint(3, 60))).isoformat()}
        answers = {}
        for field in fields:
            if not field.is_common and not field.kind.is_file:
                answers[field.name] = known.get(field.name) or self._answer(field)
        return answers

    def _answer(self, field):
        own = _WORDS.get(field.name)
        if own and field.type != "choice":
            return self.rng.choice(own)
        if field.name in ("nama_siswa", "nama_gtk", "operator", "guru_pengganti"):
            return f"{self.rng.choice(_FIRST)} Contoh"
        return getattr(self, f"_{field.type}", self._text)(field)

    def _text(self, field):
        return f"Contoh {self.rng.randint(100, 999)}"

    def _textarea(self, field):
        return "Isian contoh untuk peragaan portal."

    def _choice(self, field):
        return self.rng.choice(field.rules["options"])

    def _number(self, field):
        low, high = int(field.rules.get("min", 1)), int(field.rules.get("max", 10))
        if low > 1900:
            return str(self.rng.randint(max(low, 1990), min(high, 2023)))
        return str(self.rng.randint(low, min(high, low + 7)))

    def _decimal(self, field):
        if field.name == "lintang":
            return f"3.{self.rng.randint(10, 40)}"
        if field.name == "bujur":
            return f"99.{self.rng.randint(20, 60)}"
        return str(self.rng.randint(50, 200))

    def _date(self, field):
        return (self.today - timedelta(days=self.rng.randint(20, 700))).isoformat()

    def _month(self, field):
        day = self.today + timedelta(days=90)
        return f"{day.year}-{day.month:02d}"

    def _npsn(self, field):
        return f"9999{self.rng.randint(1, 9999):04d}"

    def _nisn(self, field):
        return f"00000{self.rng.randint(1, 99999):05d}"

    def _nuptk(self, field):
        return f"999999{self.rng.randint(1, 9_999_999_999):010d}"

    def _nik(self, field):
        """No province has the code 99."""
        return f"999999{self.rng.randint(1, 28):02d}{self.rng.randint(1, 12):02d}{self.rng.randint(70, 99)}9999"

    def _nip(self, field):
        birth = f"{self.rng.randint(1970, 1990)}{self.rng.randint(1, 12):02d}{self.rng.randint(1, 28):02d}"
        return f"{birth}{self.rng.randint(2012, 2020)}{self.rng.randint(1, 12):02d}{self.rng.randint(1, 2)}999"

    def _phone(self, field):
        return "081200009999"

    def _email(self, field):
        return "isian@contoh.example"

    def _list(self, field):
        return "\n".join(self._npsn(field) for _ in range(self.rng.randint(1, 3)))


_SCHOOLS = ["SD Negeri 01 Contoh", "SD Negeri 07 Contoh", "SMP Negeri 2 Contoh", "SD Swasta Contoh Bakti"]
_WORDS = {
    "nama_sekolah": _SCHOOLS,
    "nama_sekolah_tujuan": _SCHOOLS,
    "sekolah_asal": _SCHOOLS,
    "nama_satuan": ["TK Contoh Ceria", "SD Swasta Contoh Bakti", "PKBM Contoh Mandiri"],
    "nama_lembaga": ["KB Contoh Pelita", "TK Contoh Tunas", "PKBM Contoh Mandiri", "LKP Contoh Terampil"],
    "daerah_tujuan": ["Kota Contoh Raya", "Kabupaten Contoh Jaya"],
    "daerah_asal": ["Kota Contoh Raya", "Kabupaten Contoh Jaya"],
    "alasan": ["Mengikuti orang tua yang pindah tugas.", "Mendekati keluarga.", "Pindah tempat tinggal."],
    "tertulis": ["Amina Contoh", "Budy Contoh"],
    "seharusnya": ["Aminah Contoh", "Budi Contoh"],
    "lama": ["Amina Contoh"],
    "baru": ["Aminah Contoh"],
    "nib": ["9999000000001", "9999000000002"],
    "nomor_seri_ijazah": ["DN-99/D-SD/06/0000001", "DN-99/D-SMP/06/0000002"],
    "nomor_surat_polisi": ["SKTLK/000/CONTOH/2026"],
    "nomor_sk_izin": ["420/000/CONTOH/2024"],
    "nomor_sk": ["820/000/CONTOH/2023"],
    "alamat_lembaga": ["Jalan Contoh Nomor 3"],
    "alamat_satuan": ["Jalan Contoh Nomor 5"],
    "alamat_cuti": ["Jalan Contoh Nomor 7"],
    "program": ["Kesetaraan Paket B dan C", "Menjahit dan tata busana"],
    "pt": ["Universitas Contoh"],
    "prodi": ["Pendidikan Guru Sekolah Dasar", "Manajemen Pendidikan"],
    "mapel": ["Matematika", "Guru kelas", "Bahasa Indonesia"],
    "institusi": ["Universitas Contoh", "STKIP Contoh"],
    "judul": ["Literasi siswa kelas rendah", "Pembelajaran berhitung di sekolah dasar"],
    "uraian": ["Data siswa belum muncul setelah sinkronisasi.", "Dana belum masuk ke rekening sekolah."],
}
