"""Left and right derivatives of orders 0-3 at kinks and removable points, written by hand."""

import pytest
import sympy as sp
from flint import arb
from jets_support import derivatives

from diffcheck.balls import Undecided, precision
from diffcheck.truth.jets import Infinite, LeavesDomain

x = sp.Symbol("x")
oo, out = Infinite, LeavesDomain
R = sp.Rational

# definition, point, left derivatives of orders 0-3, right derivatives of orders 0-3
KINKS = {
    "abs": (sp.Abs(x), 0, [0, -1, 0, 0], [0, 1, 0, 0]),
    "relu": (sp.Max(0, x), 0, [0, 0, 0, 0], [0, 1, 0, 0]),
    "max off zero": (sp.Max(x, 1 - x), 0.5, [0.5, -1, 0, 0], [0.5, 1, 0, 0]),
    "min of three": (sp.Min(x, -x, x**3), 0, [0, 1, 0, 0], [0, -1, 0, 0]),
    "x abs x": (x * sp.Abs(x), 0, [0, 0, -2, 0], [0, 0, 2, 0]),
    "abs cubed": (sp.Abs(x) ** 3, 0, [0, 0, 0, -6], [0, 0, 0, 6]),
    "abs of sin": (sp.Abs(sp.sin(x)), 0, [0, -1, 0, 1], [0, 1, 0, -1]),
    "root of square": (sp.sqrt(x**2, evaluate=False), 0, [0, -1, 0, 0], [0, 1, 0, 0]),
    "root of fourth power": (sp.sqrt(x**4), 0, [0, 0, 2, 0], [0, 0, 2, 0]),
    "root of x² + x³": (sp.sqrt(x**2 + x**3), 0, [0, -1, -1, "3/4"], [0, 1, 1, "-3/4"]),
    "sign": (sp.sign(x), 0, [-1, 0, 0, 0], [1, 0, 0, 0]),
    "heaviside": (sp.Heaviside(x), 0, [0, 0, 0, 0], [1, 0, 0, 0]),
    "ramp by heaviside": (x * sp.Heaviside(x), 0, [0, 0, 0, 0], [0, 1, 0, 0]),
    "floor at an integer": (sp.floor(x), 2, [1, 0, 0, 0], [2, 0, 0, 0]),
    "floor between": (sp.floor(x), 2.5, [2, 0, 0, 0], [2, 0, 0, 0]),
    "floor of a square": (sp.floor(x**2), 0, [0, 0, 0, 0], [0, 0, 0, 0]),
    "floor of minus a square": (sp.floor(-(x**2)), 0, [-1, 0, 0, 0], [-1, 0, 0, 0]),
    "ceiling": (sp.ceiling(x), -1, [-1, 0, 0, 0], [0, 0, 0, 0]),
    "sawtooth": (x - sp.floor(x), 1, [1, 1, 0, 0], [0, 1, 0, 0]),
    "two parabolas": (
        sp.Piecewise((x**2, x < 0), (x**3, True)),
        0,
        [0, 0, 2, 0],
        [0, 0, 0, 6],
    ),
    "filled hole": (
        sp.Piecewise(((sp.exp(x) - 1) / x, sp.Ne(x, 0)), (1, True)),
        0,
        [1, "1/2", "1/3", "1/4"],
        [1, "1/2", "1/3", "1/4"],
    ),
    "guarded root": (
        sp.Piecewise((sp.sqrt(x), x > 0), (0, True)),
        0,
        [0, 0, 0, 0],
        [0, oo, oo, oo],
    ),
    "guard with and, or": (
        sp.Piecewise((1, sp.And(x > -1, x < 0)), (2, sp.Or(x > 3, sp.Eq(x, 1))), (x, True)),
        0,
        [1, 0, 0, 0],
        [0, 1, 0, 0],
    ),
    "guard that leaves the domain": (
        sp.Piecewise((sp.log(x), (x > 0) & (sp.log(x) < 0)), (x, True), evaluate=False),
        0,
        [0, 1, 0, 0],
        [oo, oo, oo, oo],
    ),
    "expm1 over x": (
        (sp.exp(x) - 1) / x,
        0,
        [1, "1/2", "1/3", "1/4"],
        [1, "1/2", "1/3", "1/4"],
    ),
    "versine over x²": (
        (1 - sp.cos(x)) / x**2,
        0,
        ["1/2", 0, "-1/12", 0],
        ["1/2", 0, "-1/12", 0],
    ),
    "sinc": (sp.sinc(x), 0, [1, 0, "-1/3", 0], [1, 0, "-1/3", 0]),
    "sin x over x": (sp.sin(x) / x, 0, [1, 0, "-1/3", 0], [1, 0, "-1/3", 0]),
    "x over tanh x": (x / sp.tanh(x), 0, [1, 0, "2/3", 0], [1, 0, "2/3", 0]),
    "log1p over x": (
        sp.log(1 + x) / x,
        0,
        [1, "-1/2", "2/3", "-3/2"],
        [1, "-1/2", "2/3", "-3/2"],
    ),
    "Bernoulli": (
        1 / (sp.exp(x) - 1) - 1 / x,
        0,
        ["-1/2", "1/12", 0, "-1/120"],
        ["-1/2", "1/12", 0, "-1/120"],
    ),
    "abs over x": (sp.Abs(x) / x, 0, [-1, 0, 0, 0], [1, 0, 0, 0]),
    "asin x over x": (sp.asin(x) / x, 0, [1, 0, "1/3", 0], [1, 0, "1/3", 0]),
    "square root": (sp.sqrt(x), 0, [out] * 4, [0, oo, oo, oo]),
    "root times root": (sp.Mul(sp.sqrt(x), sp.sqrt(x), evaluate=False), 0, [out] * 4, [0, 1, 0, 0]),
    "power 3/2": (x ** R(3, 2), 0, [out] * 4, [0, 0, oo, oo]),
    "cube root cubed": (
        sp.Pow(x ** R(1, 3), 3, evaluate=False),
        0,
        [out] * 4,
        [0, 1, 0, 0],
    ),
    "power 0.1": (x ** sp.Float(0.1), 0, [out] * 4, [0, oo, oo, oo]),
    "power π": (x**sp.pi, 0, [out] * 4, [0, 0, 0, 0]),
    "root of 1 - x²": (sp.sqrt(1 - x**2), 1, [0, oo, oo, oo], [out] * 4),
    "x log x": (x * sp.log(x), 0, [out] * 4, [0, oo, oo, oo]),
    "x² log x": (x**2 * sp.log(x), 0, [out] * 4, [0, 0, oo, oo]),
    "x to the x": (x**x, 0, [out] * 4, [1, oo, oo, oo]),
    "log": (sp.log(x), 0, [out] * 4, [oo, oo, oo, oo]),
    "log abs": (sp.log(sp.Abs(x)), 0, [oo] * 4, [oo] * 4),
    "pole": (1 / x, 0, [oo] * 4, [oo] * 4),
    "asin at its end": (sp.asin(x), 1, ["pi/2", oo, oo, oo], [out] * 4),
    "asin at its other end": (sp.asin(x), -1, [out] * 4, ["-pi/2", oo, oo, oo]),
    "acosh at 1": (sp.acosh(x), 1, [out] * 4, [0, oo, oo, oo]),
    "acos of 1 - x²": (
        sp.acos(1 - x**2),
        0,
        [0, "-sqrt(2)", 0, "-sqrt(2)/2"],
        [0, "sqrt(2)", 0, "sqrt(2)/2"],
    ),
    "acosh of 1 + x²": (
        sp.acosh(1 + x**2),
        0,
        [0, "-sqrt(2)", 0, "sqrt(2)/2"],
        [0, "sqrt(2)", 0, "-sqrt(2)/2"],
    ),
    "atanh at 1": (sp.atanh(x), 1, [oo] * 4, [out] * 4),
    "atan of 1/x": (sp.atan(1 / x), 0, ["-pi/2", -1, 0, 2], ["pi/2", -1, 0, 2]),
    "atan2 across its cut": (sp.atan2(x, -1), 0, ["-pi", -1, 0, 2], ["pi", -1, 0, 2]),
    "atan2 up the y axis": (sp.atan2(1, x), 0, ["pi/2", -1, 0, 2], ["pi/2", -1, 0, 2]),
    "x Γ(x)": (
        x * sp.gamma(x),
        0,
        [
            1,
            "-EulerGamma",
            "EulerGamma**2 + pi**2/6",
            "-EulerGamma**3 - EulerGamma*pi**2/2 - 2*zeta(3)",
        ],
        [
            1,
            "-EulerGamma",
            "EulerGamma**2 + pi**2/6",
            "-EulerGamma**3 - EulerGamma*pi**2/2 - 2*zeta(3)",
        ],
    ),
    "Γ at a pole": (sp.gamma(x), -2, [oo] * 4, [oo] * 4),
    "flat function": (sp.exp(-1 / x**2), 0, [0, 0, 0, 0], [0, 0, 0, 0]),
    "step by tanh": (sp.tanh(1 / x), 0, [-1, 0, 0, 0], [1, 0, 0, 0]),
}


@pytest.mark.parametrize(
    ("definition", "point", "expected", "side"),
    [
        pytest.param(definition, point, expected, side, id=f"{name}, {word}")
        for name, (definition, point, left, right) in KINKS.items()
        for side, word, expected in ((-1, "left", left), (1, "right", right))
    ],
)
def test_one_sided_derivatives(definition, point, expected, side):
    found = derivatives(definition, {x: point}, {x: 1}, order=3, side=side)
    for answer, value in zip(found, expected, strict=True):
        if isinstance(value, type):
            assert isinstance(answer, value), answer
        else:
            assert_is(answer, value)


def assert_is(answer, value):
    """The answer is a ball around the number, at 192 bits known to 100 bits or better."""
    assert not isinstance(answer, ArithmeticError), answer
    with precision(256):
        assert answer.overlaps(arb(str(sp.N(sp.sympify(value), 70))))
    assert answer.rad() < arb(2) ** -100


@pytest.mark.parametrize(
    "definition",
    [
        x**2 * sp.sin(1 / x),
        sp.sign(sp.sin(x) ** 2 + sp.cos(x) ** 2 - 1),
        sp.sign(sp.exp(-1 / x**2)),
        1 + 1 / sp.log(x),
        sp.floor(1 / x),
    ],
)
def test_what_cannot_be_told_is_undecided(definition):
    assert isinstance(derivatives(definition, {x: 0}, {x: 1}, order=1, side=1)[0], Undecided)
