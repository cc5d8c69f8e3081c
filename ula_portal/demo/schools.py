"""Fictional schools of the regency for the demo's register. No real NPSN begins with 9999."""

from services.schools.rules import SchoolRow

_DISTRICTS = (
    *("Air Putih", "Datuk Lima Puluh", "Datuk Tanah Datar", "Laut Tador", "Lima Puluh", "Lima Puluh Pesisir"),
    *("Medang Deras", "Nibung Hangus", "Sei Balai", "Sei Suka", "Talawi", "Tanjung Tiram"),
)
_VILLAGES = ("Desa Contoh Barat", "Desa Contoh Hilir", "Kelurahan Contoh")
# Name, level, status.
_KINDS = (
    ("TK Contoh Ceria {n}", "TK", "Swasta"),
    ("SD Negeri {n:02} Contoh", "SD", "Negeri"),
    ("SD Swasta Contoh Bakti {n}", "SD", "Swasta"),
    ("SMP Negeri {n} Contoh", "SMP", "Negeri"),
    ("PKBM Contoh Mandiri {n}", "PKBM", "Swasta"),
)


def fictional_schools() -> list[SchoolRow]:
    """Every kind of school in each village of each district."""
    places = [(district, village) for district in _DISTRICTS for village in _VILLAGES]
    return [
        SchoolRow(f"9999{n * len(_KINDS) + kind:04}", name.format(n=n), level, status, district, village)
        for n, (district, village) in enumerate(places, 1)
        for kind, (name, level, status) in enumerate(_KINDS)
    ]
