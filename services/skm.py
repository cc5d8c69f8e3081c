"""Satisfaction index (*Indeks Kepuasan Masyarakat*) and sample size of a survey.

All arithmetic is exact: the index is rounded once, half up, to two decimals, and then graded. Elements are identified
by name, because the regulation numbers U8 and U9 differently in the questionnaire and in the list of elements.

Source: PermenPAN-RB 14/2017.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

ELEMENTS = (
    "persyaratan",
    "prosedur",
    "waktu",
    "biaya",
    "produk",
    "kompetensi",
    "perilaku",
    "sarpras",
    "pengaduan",
)
LOWEST_SCORE, HIGHEST_SCORE = 1, 4

GRADES = (
    (Decimal("88.31"), "A", "Sangat Baik"),
    (Decimal("76.61"), "B", "Baik"),
    (Decimal("65.00"), "C", "Kurang Baik"),
    (Decimal("25.00"), "D", "Tidak Baik"),
)

_ROUNDED_WEIGHT = Fraction(11, 100)

# Krejcie and Morgan: chi-square for 95 % and one degree of freedom, proportion of one half, error of 5 %.
_CHI_SQUARE_SHARE = Fraction("3.841") * Fraction(1, 4)
_ERROR_SQUARED = Fraction("0.0025")


@dataclass(frozen=True, slots=True)
class ElementScore:
    """The score of one element: the sum, and the exact mean (NRR = sum / respondents), between 1 and 4."""

    code: str
    total: int
    mean: Fraction

    @property
    def nrr(self) -> Decimal:
        """The mean as printed, rounded half up to two decimals."""
        return _two_decimals(self.mean)

    @property
    def value(self) -> Decimal:
        """The mean on the scale of 25.00 to 100.00."""
        return _two_decimals(self.mean * 25)

    @property
    def grade(self) -> str:
        """Grade of this element alone: A, B, C or D."""
        return grade_of(self.value)[0]


@dataclass(frozen=True, slots=True)
class Index:
    """The index of one period: ``value`` between 25.00 and 100.00, ``grade`` A to D, ``label`` in words."""

    respondents: int
    value: Decimal
    grade: str
    label: str
    elements: Mapping[str, ElementScore]

    @property
    def value_with_rounded_weight(self) -> Decimal:
        """The index as inspectors' sheets compute it, with the weight 0.11 (at most 99.00): only for the footnote."""
        means = sum((element.mean for element in self.elements.values()), Fraction())
        return _two_decimals(means * _ROUNDED_WEIGHT * 25)

    def ranked(self) -> list[ElementScore]:
        """The elements from lowest to highest; equal ones in the order of the questionnaire."""
        return sorted(self.elements.values(), key=lambda element: element.mean)


def index(totals: Mapping[str, int], respondents: int) -> Index:
    """The index from the sum of the scores of each of the nine ``ELEMENTS``.

    Raises: ValueError when there is no respondent, when an element is missing or unknown, or when a total is not a
    whole number between 1 and 4 times the respondents.
    """
    if not _is_whole(respondents) or respondents < 1:
        raise ValueError("Indeks tidak dapat dihitung tanpa responden.")
    _refuse_wrong_elements(totals)
    for code in ELEMENTS:
        _refuse_wrong_total(code, totals[code], respondents)
    means = {code: Fraction(totals[code], respondents) for code in ELEMENTS}
    elements = {code: ElementScore(code, totals[code], mean) for code, mean in means.items()}
    value = _two_decimals(sum(means.values(), Fraction()) / len(ELEMENTS) * 25)
    grade, label = grade_of(value)
    return Index(respondents, value, grade, label, MappingProxyType(elements))


def grade_of(value: Decimal) -> tuple[str, str]:
    """Grade and label of an index that is rounded to two decimals.

    Raises: ValueError outside 25 to 100.
    """
    if not 25 <= value <= 100:
        raise ValueError("Nilai indeks harus antara 25,00 dan 100,00.")
    return next((grade, label) for floor, grade, label in GRADES if value >= floor)


def sample_size(population: int) -> int:
    """Number of respondents needed for ``population`` users of a service, rounded half up; 0 for a population of 0.

    Raises: ValueError when the population is negative or not a whole number.
    Source: Krejcie and Morgan, confidence 95 %, error 5 %.
    """
    if not _is_whole(population) or population < 0:
        raise ValueError("Jumlah populasi harus bilangan bulat dan tidak boleh negatif.")
    if population == 0:
        return 0
    return _half_up(population * _CHI_SQUARE_SHARE / (_ERROR_SQUARED * (population - 1) + _CHI_SQUARE_SHARE))


def _refuse_wrong_elements(totals: Mapping[str, int]) -> None:
    missing = [code for code in ELEMENTS if code not in totals]
    unknown = [str(code) for code in totals if code not in ELEMENTS]
    if missing:
        raise ValueError(f"Unsur survei belum lengkap: {', '.join(missing)}.")
    if unknown:
        raise ValueError(f"Unsur survei tidak dikenal: {', '.join(unknown)}.")


def _refuse_wrong_total(code: str, total: int, respondents: int) -> None:
    lowest, highest = LOWEST_SCORE * respondents, HIGHEST_SCORE * respondents
    if not _is_whole(total) or not lowest <= total <= highest:
        raise ValueError(f"Jumlah nilai unsur {code} harus bilangan bulat antara {lowest} dan {highest}.")


def _is_whole(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool)


def _half_up(number: Fraction) -> int:
    return (2 * number.numerator + number.denominator) // (2 * number.denominator)


def _two_decimals(number: Fraction) -> Decimal:
    return Decimal(_half_up(number * 100)).scaleb(-2)
