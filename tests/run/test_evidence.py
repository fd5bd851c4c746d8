"""What convicts a rule of JAX: exact semantics where the program can be read, else ρ, by name."""

import jax
import jax.numpy as jnp
import pytest
import sympy

from diffcheck import Case, real, sym
from diffcheck.judge import Verdict
from diffcheck.run.context import CaseContext
from diffcheck.run.measure import measure
from diffcheck.run.options import Options, Task

both_dtypes = pytest.mark.parametrize("dtype", ["float32", "float64"])


def by_vjp(xp, x, scale):
    @jax.custom_vjp
    def f(x):
        return jnp.exp(jnp.sin(x))

    f.defvjp(lambda x: (f(x), x), lambda x, g: (g * jnp.exp(jnp.sin(x)) * jnp.cos(x) * scale,))
    return f(x)


def by_jvp(xp, x, scale):
    @jax.custom_jvp
    def f(x):
        return jnp.exp(jnp.sin(x))

    @f.defjvp
    def _(primals, tangents):
        (x,), (t,) = primals, tangents
        return f(x), t * jnp.exp(jnp.sin(x)) * jnp.cos(x) * scale

    return f(x)


def measured(definition, program, dtype, points=(), **inputs):
    case = Case(
        definition, programs={"plain": program}, inputs=inputs, points=points, name="sample"
    )
    task = Task("plain", "jax", "jit", "cpu:0", dtype)
    return list(measure(CaseContext(case, Options(samples=2, orders=(1,))), task))


def wave(x):
    return sym.exp(sym.sin(x))


@both_dtypes
@pytest.mark.parametrize("scale", [1 + 2.0**-20, -1.0, 0.5], ids=["2^-20", "sign", "half"])
@pytest.mark.parametrize("rule", [by_vjp, by_jvp])
def test_a_wrong_rule_is_proved_wrong_in_both_formats(rule, scale, dtype):
    found = measured(wave, lambda xp, x: rule(xp, x, scale), dtype, x=real(0.25, 1))
    derivatives = [m for m in found if m.order == 1]
    assert {m.verdict for m in derivatives} == {Verdict.WRONG}
    assert all("in exact arithmetic" in m.detail for m in derivatives)
    assert {m.verdict for m in found if m.order == 0} <= {Verdict.EXACT, Verdict.ACCURATE}


@both_dtypes
@pytest.mark.parametrize("rule", [by_vjp, by_jvp])
def test_the_right_rule_is_read_and_not_accused(rule, dtype):
    found = measured(wave, lambda xp, x: rule(xp, x, 1.0), dtype, x=real(0.25, 1))
    assert {m.verdict for m in found} <= {
        Verdict.EXACT, Verdict.ACCURATE, Verdict.ILL_CONDITIONED, Verdict.UNSTABLE
    }  # fmt: skip
    assert {m.unread for m in found} == {""}


@both_dtypes
def test_a_branch_that_is_not_taken_but_singular_is_wrong(dtype):
    found = measured(
        lambda x: 0 * x,
        lambda xp, x: xp.where(x > 0, xp.sqrt(x), 0 * x),
        dtype,
        x=real(-2, -1),
    )
    derivatives = [m for m in found if m.order == 1]
    assert {m.verdict for m in derivatives} == {Verdict.WRONG}
    assert all(m.detail.startswith("singular: ") for m in derivatives)


@both_dtypes
def test_a_program_with_the_digits_of_float32_in_float64_too_is_not_accused_by_the_ratio(dtype):
    found = measured(
        lambda x: sympy.erfinv(2 * x - 1) * sympy.sqrt(2),
        lambda xp, x: xp.ndtri(x.astype("float32")).astype(x.dtype),
        dtype,
        x=real(0.2, 0.4),
    )
    assert not {Verdict.WRONG, Verdict.MISMATCH} & {m.verdict for m in found}
    assert any(float.fromhex(m.ulps) > 2**24 for m in found) is (dtype == "float64")


@both_dtypes
def test_a_term_that_both_formats_absorb_is_no_wrong_rule(dtype):
    # Next to 0, (log(1 - x))/x is 0 in both formats, and -1 in truth: of 60 a 60th is lost in both.
    found = measured(
        lambda x: sympy.polylog(2, 1 - x), lambda xp, x: xp.spence(x), dtype, x=real(1e-30, 1e-25)
    )
    derivatives = [m for m in found if m.order == 1]
    assert {m.verdict for m in derivatives} == {Verdict.INEXACT}
    assert all("approximation" in m.unread for m in derivatives)


@both_dtypes
def test_a_wrong_rule_of_an_approximation_is_accused_all_the_same(dtype):
    found = measured(
        lambda x: sympy.polylog(2, 1 - x), _spence_with_a_wrong_rule, dtype, x=real(3, 4)
    )
    derivatives = [m for m in found if m.order == 1]
    assert {m.verdict for m in derivatives} == {Verdict.WRONG}
    assert all("in both formats" in m.detail for m in derivatives)


def test_a_kink_among_points_that_accuse_stays_a_kink():
    kink = 3.3  # that float32 has not
    corner = sympy.Rational(*kink.as_integer_ratio())
    found = measured(
        lambda x: sympy.polylog(2, 1 - x) + sympy.Abs(x - corner),
        lambda xp, x: _spence_with_a_wrong_rule(xp, x) + xp.abs(x - kink),
        "float64",
        points=[{"x": kink}],
        x=real(3, 4),
    )
    derivatives = [m for m in found if m.order == 1]
    assert {m.verdict for m in derivatives} > {Verdict.WRONG, Verdict.KINK}


def _spence_with_a_wrong_rule(xp, x):
    @jax.custom_jvp
    def f(x):
        return xp.spence(x)

    @f.defjvp
    def _(primals, tangents):
        return jax.jvp(xp.spence, primals, tuple(t * (1 + 1e-5) for t in tangents))

    return f(x)


@both_dtypes
def test_a_program_that_cannot_be_read_is_judged_by_the_ratio_and_says_why(dtype):
    found = measured(
        lambda x: sympy.erfinv(2 * x - 1) * sympy.sqrt(2),
        lambda xp, x: xp.ndtri(x),
        dtype,
        x=real(0.2, 0.4),
    )
    assert {m.unread for m in found} == {"JAX's _ndtri is an approximation written out in floats"}
    assert not any(m.verdict is Verdict.WRONG for m in found)


def test_a_format_without_points_gives_no_measurements():
    case = Case(wave, programs={"plain": lambda xp, x: by_vjp(xp, x, 1.0)}, inputs={"x": real()})
    context = CaseContext(case, Options(), points={"float32": [], "float64": []})
    assert list(measure(context, Task("plain", "jax", "jit", "cpu:0", "float32"))) == []
