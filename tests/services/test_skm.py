"""Satisfaction index and sample size, PermenPAN-RB 14/2017."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import skm

TOTALS = dict(zip(skm.ELEMENTS, (105, 101, 100, 116, 102, 105, 106, 105, 115), strict=True))


def same(total):
    return dict.fromkeys(skm.ELEMENTS, total)


def test_vector_of_29_respondents():
    result = skm.index(TOTALS, 29)
    assert result.value == Decimal("91.48")
    assert isinstance(result.value, Decimal)
    assert (result.grade, result.label) == ("A", "Sangat Baik")
    assert result.respondents == 29


def test_elements_are_exact_and_ranked():
    result = skm.index(TOTALS, 29)
    assert tuple(result.elements) == skm.ELEMENTS
    assert result.elements["biaya"].mean == 4
    assert result.elements["waktu"].mean == Fraction(100, 29)
    assert result.elements["waktu"].nrr == Decimal("3.45")
    assert result.elements["waktu"].value == Decimal("86.21")
    assert result.elements["waktu"].grade == "B"
    ranked = [element.code for element in result.ranked()]
    assert ranked[:3] == ["waktu", "prosedur", "produk"]
    assert ranked[3:6] == ["persyaratan", "kompetensi", "sarpras"]
    assert ranked[-1] == "biaya"


def test_highest_and_lowest():
    assert skm.index(same(40), 10).value == Decimal("100.00")
    assert skm.index(same(40), 10).grade == "A"
    assert skm.index(same(10), 10).value == Decimal("25.00")
    assert skm.index(same(10), 10).grade == "D"


def test_weight_of_inspectors_sheets_is_for_the_footnote_only():
    result = skm.index(same(40), 10)
    assert result.value_with_rounded_weight == Decimal("99.00")
    assert skm.index(TOTALS, 29).value_with_rounded_weight == Decimal("90.56")


def spread(total):
    """`total` spread over the nine elements as evenly as whole numbers allow."""
    share, rest = divmod(total, 9)
    return {code: share + (place < rest) for place, code in enumerate(skm.ELEMENTS)}


@pytest.mark.parametrize(
    ("total", "respondents", "value", "grade"),
    [
        (31791, 1000, "88.31", "A"),
        (31790, 1000, "88.31", "A"),
        (31789, 1000, "88.30", "B"),
        (27578, 1000, "76.61", "B"),
        (27577, 1000, "76.60", "C"),
        (23399, 1000, "65.00", "C"),
        (23398, 1000, "64.99", "D"),
    ],
)
def test_grade_follows_the_rounded_value(total, respondents, value, grade):
    result = skm.index(spread(total), respondents)
    assert result.value == Decimal(value)
    assert result.grade == grade


def test_half_is_rounded_up():
    # Exactly halfway, and the even neighbour lies below.
    assert Fraction(3609, 200) / 9 * 25 == Fraction("50.125")
    result = skm.index(spread(3609), 200)
    assert result.value == Decimal("50.13")


def test_without_respondents_there_is_no_index():
    for respondents in (0, -1, 2.0, None, True):
        with pytest.raises(ValueError, match="tanpa responden"):
            skm.index(same(0), respondents)


def test_missing_and_unknown_elements_are_refused():
    totals = dict(TOTALS)
    del totals["sarpras"]
    with pytest.raises(ValueError, match="belum lengkap: sarpras"):
        skm.index(totals, 29)
    with pytest.raises(ValueError, match="tidak dikenal: U8"):
        skm.index({**TOTALS, "U8": 100}, 29)


@pytest.mark.parametrize("total", [9, 41, 0, -10, 20.5, 20.0, "20", None])
def test_totals_outside_the_scale_are_refused(total):
    with pytest.raises(ValueError, match="antara 10 dan 40"):
        skm.index({**same(30), "waktu": total}, 10)


@given(
    st.integers(1, 500).flatmap(
        lambda n: st.tuples(st.just(n), st.lists(st.integers(n, 4 * n), min_size=9, max_size=9))
    )
)
def test_index_is_the_exact_mean_within_half_a_cent(case):
    respondents, totals = case
    result = skm.index(dict(zip(skm.ELEMENTS, totals, strict=True)), respondents)
    exact = Fraction(sum(totals) * 25, 9 * respondents)
    assert -Fraction(1, 200) < Fraction(result.value) - exact <= Fraction(1, 200)
    assert result.value.as_tuple().exponent == -2
    assert result.grade == skm.grade_of(result.value)[0]


@pytest.mark.parametrize(
    ("population", "size"),
    [
        (50, 44),
        (100, 80),
        (200, 132),
        (500, 217),
        (550, 226),
        (1000, 278),
        (2000, 322),
        (5000, 357),
        (10000, 370),
        (1, 1),
        (0, 0),
    ],
)
def test_sample_size(population, size):
    assert skm.sample_size(population) == size


@given(st.integers(1, 10**9))
def test_sample_never_exceeds_the_population_nor_falls_as_it_grows(population):
    assert 1 <= skm.sample_size(population) <= min(population, 384)
    assert skm.sample_size(population) <= skm.sample_size(population + 1)


@pytest.mark.parametrize("population", [-1, 10.5, "100", None])
def test_sample_of_no_number_is_refused(population):
    with pytest.raises(ValueError, match="populasi"):
        skm.sample_size(population)
