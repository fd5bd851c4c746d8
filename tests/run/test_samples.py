"""The table of truth-and-verdicts, "Samples of what came out": each word with what it names.

Errors are those of the table, to a factor of 2.
"""

import jax
import pytest

from diffcheck.case import Case, real, sym
from diffcheck.studies.explanations.known import at_point, bundled


def expm1_form(xp, x):
    return xp.log(-xp.expm1(-x))


LOG1MEXP = Case(
    lambda x: sym.log(1 - sym.exp(-x)),
    name="log1mexp",
    programs={"expm1": expm1_form},
    inputs={"x": real(1e-10, 80)},
)


def erfc_form(xp, x):
    return x / 2 * xp.erfc(-x * 0.7071067811865476)


def library_gelu(_xp, x):
    return jax.nn.gelu(x, approximate=False)


GELU = Case(
    lambda x: x / 2 * (1 + sym.erf(x / sym.sqrt(2))),
    name="gelu",
    programs={"library": erfc_form},
    backend_programs={"jax": {"library": library_gelu}},
    inputs={"x": real(-8, 8)},
)


def naive_loss(xp, z):
    powers = xp.exp(z)
    return -xp.log((powers / xp.sum(powers))[0])


CROSS_ENTROPY = Case(
    lambda z: sym.log(sum(sym.exp(z[i]) for i in range(3))) - z[0],
    name="cross_entropy",
    programs={"naive": naive_loss},
    inputs={"z": real(-50, 50, shape=(3,))},
)


def plain_exp(xp, x):
    return 2 * xp.exp(x)


def planted(xp, x):
    @jax.custom_vjp
    def exponential(x):
        return xp.exp(x)

    def forward(x):
        return xp.exp(x), xp.exp(x)

    def backward(y, g):
        return (g * (1 + 2.0**-20) * y,)

    exponential.defvjp(forward, backward)
    return 2 * exponential(x)


PLANTED = Case(
    lambda x: 2 * sym.exp(x),
    name="planted",
    programs={"rule": plain_exp},
    backend_programs={"jax": {"rule": planted}},
    inputs={"x": real(0, 1)},
)

LOG_GAMMA = bundled("special/gamma_functions", "log_gamma")
WHERE = bundled("kinks/where_invalid_branch")
HYPOT, SIGMOID = bundled("hard/hypot"), bundled("hard/sigmoid_tail")
VERSINE, ROOTS = bundled("hard/versine"), bundled("hard/sqrt_difference")
SINE = bundled("hard/sine_of_reciprocal")
RIGHT = {"exact", "accurate"}
SQUARE, LOGISTIC, DIGAMMA = "shifted_pow", "logistic", "digamma"
ROOT = "1.4616321449683623"  # of digamma, as near as float64 has it

LOG, LOSS = bundled("hard/log1mexp"), CROSS_ENTROPY
TIGHT, WORN, ILL = "3e-30,4e-30", "unstable", "ill-conditioned"

# case, program, point; backend; for float32 and float64: words, E of the table, operation
ROWS = [
    (LOG, "naive", "1e-4", "engine", (WORN, 2.2e3, "exp"), (WORN, 74, "exp")),
    (LOG, "naive", "1e-4", "jax", (WORN, 2.2e3, "exp"), (WORN, 74, "exp")),
    # Our expm1 is the better one here.
    (LOG1MEXP, "expm1", "1e-4", "engine", (RIGHT, 0.27, None), (RIGHT, None, None)),
    (LOG1MEXP, "expm1", "1e-4", "jax", (RIGHT, 0.27, None), (RIGHT, 0.82, None)),
    (VERSINE, "half_angle", "0.01", "engine", (WORN, 1.6e5, SQUARE), (WORN, 8.3e4, SQUARE)),
    (VERSINE, "half_angle", "0.01", "jax", (WORN, 1.6e5, "sin"), (WORN, 8.3e4, "sin")),
    (ROOTS, "naive", "1e6", "engine", (WORN, 1.5e6, "divide"), (WORN, 3.5e5, "divide")),
    (ROOTS, "naive", "1e6", "jax", (WORN, 1.5e6, "div"), (WORN, 3.5e5, "div")),
    # Our sigmoid has a derivative of its own, not s(1 - s).
    (SIGMOID, "library", "17", "engine", (RIGHT, None, None), (RIGHT, None, None)),
    (SIGMOID, "library", "17", "jax", ("lost", 1.2e7, LOGISTIC), (WORN, 1.8e7, LOGISTIC)),
    (SINE, "program", "1e-4", "engine", (ILL, 966, None), (ILL, 983, None)),
    (SINE, "program", "1e-4", "jax", (ILL, 966, None), (ILL, 983, None)),
    # Our digamma is a series around its root.
    (LOG_GAMMA, "library", ROOT, "engine", (RIGHT, None, None), (RIGHT, None, None)),
    (LOG_GAMMA, "library", ROOT, "jax", ("lost", 2.8e8, DIGAMMA), ("lost", 2.6e16, DIGAMMA)),
    # Our `where` passes nothing on to the branch that is not taken.
    (WHERE, "single_where", "-1", "engine", (RIGHT, None, None), (RIGHT, None, None)),
    (WHERE, "single_where", "-1", "jax", ("wrong", None, None), ("wrong", None, None)),
    (HYPOT, "naive", TIGHT, "engine", ("range", None, "pow"), (RIGHT, 1.2, None)),
    (HYPOT, "naive", TIGHT, "jax", ("range", None, "integer_pow"), (RIGHT, 1.2, None)),
    (GELU, "library", "-3", "engine", (RIGHT, None, None), (RIGHT, None, None)),
    (GELU, "library", "-3", "jax", (RIGHT, 5.0, None), (RIGHT, 4.1, None)),
    (PLANTED, "rule", "0.5", "jax", ("wrong", 12, None), ("wrong", 6.6e9, None)),
    # The table's logits are not known: these have its condition, and other roundings.
    (LOSS, "naive", "10,0,-1", "engine", (WORN, None, "sum"), (WORN, None, "sum")),
    (LOSS, "naive", "10,0,-1", "jax", (WORN, None, "reduce_sum"), (WORN, None, "reduce_sum")),
]
NEWER = jax.__version_info__ >= (0, 12)  # its expm1 has another last digit
SAMPLES = [
    pytest.param(case, program, at, backend, dtype, expected, id=f"{case.name}-{backend}-{dtype}")
    for case, program, at, backend, *both in ROWS
    for dtype, expected in zip(("float32", "float64"), both, strict=True)
]


@pytest.mark.parametrize(("case", "program", "at", "backend", "dtype", "expected"), SAMPLES)
def test_the_word_the_error_and_the_operation(case, program, at, backend, dtype, expected):
    words, error, culprit = expected
    point = dict(zip(case.inputs, at.split(",") if len(case.inputs) > 1 else [at], strict=True))
    (_, m, e), *_ = at_point(case, program, backend, dtype, "gradient", point)
    assert m.verdict in ({words} if isinstance(words, str) else words)
    assert (m.culprit.operation if m.culprit else None) == culprit
    if error is not None:
        exact = backend == "jax" and NEWER and m.verdict == "exact"
        least = 0 if exact else error / 2
        assert least <= float.fromhex(m.ulps) <= error * 2
    if case is WHERE and m.verdict == "wrong":
        assert m.detail.startswith("singular")
        assert e.where.startswith("sqrt(")
    assert (m.verdict == "range") == (e.kind == "underflow")


def squares(xp, x):
    return x * x * 1e30


SQUARES = Case(
    lambda x: x * x * 10**30,
    name="squares",
    programs=(squares,),
    inputs={"x": real(1e-30, 1)},
    orders=(0, 1),
)


def power(xp, x):
    return xp.exp(2 * x) * 1e30


POWER = Case(
    lambda x: sym.exp(2 * x) * 10**30, name="power", programs=(power,), inputs={"x": real(-99, 0)}
)


@pytest.mark.parametrize("backend", ["engine", "jax"])
@pytest.mark.parametrize(
    ("case", "quantity", "x", "left"),
    [(SQUARES, "value", "1e-25", ("mul", "multiply")), (POWER, "gradient", "-60", ("exp", "exp"))],
    ids=["value", "gradient"],
)
def test_a_0_that_came_of_an_underflow_is_a_matter_of_range(case, quantity, x, left, backend):
    (program,) = case.programs
    ((_, m, e),) = at_point(case, program, backend, "float32", quantity, {"x": x})
    assert (float.fromhex(m.computed), m.verdict, m.detail) == (0.0, "range", "underflowed")
    assert m.culprit.operation in left
    assert float.fromhex(m.culprit.result) < 1e-45
    assert m.fails
    assert (e.kind, e.where.split("(")[0]) == ("underflow", m.culprit.operation)
