"""The laws of jets: a ring, with quotients and powers where the leading coefficient allows."""

from fractions import Fraction

import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from diffcheck.balls import Undecided, precision
from diffcheck.truth.jets.arithmetic import add, divide, multiply, negative, power, subtract
from diffcheck.truth.jets.errors import Infinite, LeavesDomain, MoreTerms, Ramify
from diffcheck.truth.jets.jet import Branch, Singular, constant, jet, leading_term, sign

BRANCH = Branch(terms=5)
ZERO = constant(BRANCH, arb(0))
ONE = constant(BRANCH, arb(1))

coefficients = st.integers(-12, 12).map(lambda n: arb(n) / 4)
jets = st.builds(
    lambda start, terms, exact: jet(BRANCH, start, terms, exact=exact),
    st.integers(-2, 3),
    st.lists(coefficients, max_size=5),
    st.booleans(),
)
known_jets = jets.filter(lambda a: bool(a.coefficients))


def assert_same(a, b):
    """Equal in every coefficient that both know."""
    ends = [z.end for z in (a, b) if not z.exact]
    for i in range(min(a.start, b.start), min(ends, default=max(a.end, b.end))):
        assert a.coefficient(i).overlaps(b.coefficient(i))


@given(jets, jets, jets)
def test_addition_is_a_group(a, b, c):
    assert_same(add(a, b), add(b, a))
    assert_same(add(add(a, b), c), add(a, add(b, c)))
    assert_same(add(a, ZERO), a)
    assert_same(subtract(a, a), ZERO)
    assert_same(negative(negative(a)), a)


def test_addition_spans_no_gap():
    far = jet(BRANCH, 10**24, [arb(2)], exact=True)
    total = add(ONE, far)
    assert total.coefficient(0) == 1
    assert total.coefficient(1) == 0
    assert total.end <= BRANCH.terms
    assert not total.exact


@given(jets, jets, jets)
def test_multiplication_is_commutative_associative_distributive(a, b, c):
    assert_same(multiply(a, b), multiply(b, a))
    assert_same(multiply(multiply(a, b), c), multiply(a, multiply(b, c)))
    assert_same(multiply(a, add(b, c)), add(multiply(a, b), multiply(a, c)))
    assert multiply(a, ONE) == a
    assert multiply(a, ZERO).is_zero


@given(jets, known_jets)
def test_division_undoes_multiplication(a, b):
    with precision(128):
        assert_same(multiply(divide(a, b), b), a)
        assert_same(divide(multiply(a, b), b), a)


@given(known_jets, st.integers(0, 5))
def test_power_is_repeated_multiplication(a, n):
    expected = ONE
    for _ in range(n):
        expected = multiply(expected, a)
    assert_same(power(a, Fraction(n)), expected)
    assert_same(multiply(power(a, Fraction(-n)), expected), ONE)


@settings(max_examples=50)
@given(known_jets, st.integers(2, 4))
def test_root_of_power(a, n):
    with precision(128):
        positive = a if a.coefficients[0] > 0 else negative(a)
        assert_same(power(power(positive, Fraction(n)), Fraction(1, n)), positive)


@given(jets)
def test_difference_of_exact_jets_is_exactly_zero(a):
    assert subtract(a, a).is_zero == a.exact


def test_known_zeros_are_not_zero():
    vanishing = jet(BRANCH, 0, [arb(0)] * 3)
    assert not vanishing.is_zero
    assert vanishing.coefficient(2).is_zero()
    for question in (lambda: sign(vanishing), lambda: power(vanishing, Fraction(-1))):
        with pytest.raises(MoreTerms):
            question()
    with pytest.raises(MoreTerms):
        vanishing.coefficient(3)


def test_sign_of_a_wide_leading_coefficient_is_undecided():
    with pytest.raises(Undecided):
        sign(jet(BRANCH, 0, [arb(0, 1), arb(1)]))


def test_truncation_forgets_exactness():
    long = jet(BRANCH, 0, [arb(1)] * 6, exact=True)
    assert not long.exact
    assert long.end == 5


def test_dominant_singular_terms():
    """Near 0+: |log u| outweighs 1, u^(1/2) outweighs u, and equal terms add up."""
    log = jet(BRANCH, 0, [], singular=Singular(arb(0), 1, arb(1)))
    assert sign(log) == -1
    assert sign(add(log, constant(BRANCH, arb(100)))) == -1
    assert sign(multiply(log, log)) == 1
    twice = add(log, log)
    assert leading_term(twice).coefficient == 2
    assert leading_term(multiply(log, jet(BRANCH, 1, [arb(3)], exact=True))).coefficient == 3
    with pytest.raises(Undecided):
        sign(subtract(log, log))


def test_derivative_counts_in_t():
    left = Branch(side=-1, terms=5, ramification=2)  # t = -u²
    a = jet(left, 0, [arb(1), arb(0), arb(3), arb(0), arb(5)])
    assert [int(a.derivative(k).unique_fmpz()) for k in range(3)] == [1, -3, 10]
    with pytest.raises(Infinite):
        jet(left, 1, [arb(1), arb(0)]).derivative(1)


def test_what_leaves_the_reals():
    minus = jet(BRANCH, 2, [arb(-1)], exact=True)
    with pytest.raises(LeavesDomain):
        power(minus, Fraction(1, 2))
    with pytest.raises(Infinite):
        power(ZERO, Fraction(-1))
    with pytest.raises(Ramify) as ramify:
        power(jet(BRANCH, 1, [arb(1)], exact=True), Fraction(2, 3))
    assert ramify.value.factor == 3
