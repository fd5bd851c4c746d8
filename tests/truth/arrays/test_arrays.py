"""Programs of array operations against the truth written out element by element."""

import numpy as np
import pytest
import sympy

from diffcheck.case import Case, Point, Quantity, real, sym
from diffcheck.floats import FORMATS
from diffcheck.truth import ArrayDefinition, Truth, truth_of
from diffcheck.truth.arrays import Arrays, NoBallForm
from diffcheck.truth.arrays.form import X, Y
from diffcheck.truth.arrays.templates import compiled

F64 = FORMATS["float64"]
N = 6
AT = np.array([0.5, -1.25, 2.0, 0.75, -0.5, 1.5])


def weighted(a, x):
    return a.total(a.map(sympy.tanh(X) * Y, x, a.take(np.roll(np.arange(N), 1), x)))


def rectified(a, x):
    small = a.map(X < 1, x)
    return a.total(a.select(small, a.map(X**3, x), a.map(sympy.sqrt(X), x)))


def largest(a, x):
    peaks = a.peak(x, np.array([0, 0, 0, 1, 1, 1]), (2,))
    return a.total(a.map(sympy.exp(X), peaks))


def product(a, x):
    m = a.take(np.arange(N).reshape(1, 2, 3), x)
    return a.total(a.map(X**2, a.matmul(m, a.transposed(m))))


def scattered(a, x):
    return a.map(sympy.sin(X), a.add_at(x, np.array([0, 1, 0, 1, 2, 0]), (3,)))


def logsumexp(a, x):
    top = a.peak(x, np.zeros(N, dtype=int), ())
    shifted = a.map(X - Y, x, a.broadcast(top, (N,)))
    return a.add(a.map(sympy.log(X), a.total(a.map(sympy.exp(X), shifted))), top)


FUNCTIONS = {
    weighted: lambda x: sym.sum(sym.tanh(x) * np.roll(x, 1)),
    rectified: lambda x: sym.sum(sym.where(x < 1, x**3, sym.sqrt(x))),
    largest: lambda x: sym.exp(sympy.Max(*x[:3])) + sympy.exp(sympy.Max(*x[3:])),
    product: lambda x: sym.sum((x.reshape(2, 3) @ x.reshape(2, 3).T) ** 2),
    scattered: lambda x: sym.sin(sym.stack([x[0] + x[2] + x[5], x[1] + x[3], x[4]])),
    logsumexp: lambda x: sympy.log(sympy.Add(*(sympy.exp(entry) for entry in x))),
}


def case(definition):
    return Case(
        definition, programs=lambda xp, x: x, inputs={"x": real(shape=(N,))}, name="arrays_case"
    )


def truth(build):
    arrays = Arrays()
    x = arrays.input("x", (N,))
    return truth_of(case(ArrayDefinition(arrays, {"x": x}, (build(arrays, x),))))


def outcomes(found, kind, at=AT):
    point = Point(values={"x": at}, format="float64", kind="explicit")
    return found.outcomes(Quantity(kind, found.m, found.n), point, F64)


@pytest.mark.parametrize("kind", ["value", "gradient", "jacobian", "jvp", "vjp", "hvp", "hessian"])
@pytest.mark.parametrize("build", FUNCTIONS, ids=lambda f: f.__name__)
def test_the_derivatives_are_those_written_out(build, kind):
    arrays, plain = truth(build), Truth(case(FUNCTIONS[build]))
    if kind == "gradient" and plain.m > 1:
        return
    assert (arrays.m, arrays.n) == (plain.m, plain.n)
    assert arrays.labels(Quantity(kind, plain.m, plain.n)) == plain.labels(
        Quantity(kind, plain.m, plain.n)
    )
    for ours, theirs in zip(outcomes(arrays, kind), outcomes(plain, kind), strict=True):
        assert (ours.status, theirs.status) == ("certified", "certified"), ours.reason
        assert abs(ours.ball - theirs.ball) <= abs(theirs.ball.mid()) * 2.0**-60 + 2.0**-90


def test_a_third_derivative():
    found, plain = truth(weighted), Truth(case(FUNCTIONS[weighted]))
    for ours, theirs in zip(outcomes(found, "third"), outcomes(plain, "third"), strict=True):
        assert abs(ours.ball - theirs.ball) <= abs(theirs.ball.mid()) * 2.0**-60


@pytest.mark.parametrize("build", [weighted, rectified, scattered], ids=lambda f: f.__name__)
def test_the_sensitivity_is_that_written_out(build):
    point = Point(values={"x": AT}, format="float64", kind="explicit")
    found, plain = truth(build), Truth(case(FUNCTIONS[build]))
    quantity = Quantity("vjp", plain.m, N)
    for component in range(N):
        assert found.sensitivity(quantity, component, point) == pytest.approx(
            plain.sensitivity(quantity, component, point), rel=1e-12
        )


@pytest.mark.parametrize(
    ("build", "place", "value", "word"),
    [
        (lambda a, x: a.total(a.map(sympy.Abs(X), x)), 2, 0.0, "breakpoint of Abs"),
        (rectified, 0, 1.0, "a condition is at its boundary"),
        (largest, 1, 2.0, "not one element alone"),
        (lambda a, x: a.total(a.map(sympy.log(X), a.map(X**2, x))), 3, 0.0, "division by zero"),
    ],
)
def test_at_a_kink_only_what_it_touches_is_undecided(build, place, value, word):
    at = AT.copy()
    at[place] = value
    found = outcomes(truth(build), "gradient", at)
    assert found[place].status == "undecided"
    assert word in found[place].reason
    assert {o.status for o in found} == {"certified", "undecided"}


def test_a_branch_that_is_not_taken_may_be_singular():
    at = np.array([-0.5, -1.0, 0.0, -2.0, 0.5, 0.25])
    found = outcomes(truth(rectified), "hvp", at)
    assert {o.status for o in found} == {"certified"}  # sqrt of negative numbers is not asked


def test_what_has_no_ball_form_is_told():
    with pytest.raises(NoBallForm, match="elliptic_pi"):
        compiled(sympy.elliptic_pi(X, Y), (X, Y))
