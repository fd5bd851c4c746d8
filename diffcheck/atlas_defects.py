"""What is known to fail in the atlas: each finding once, with the ops that have it.

Strict, as every `Defect`: a full run of the atlas fails when one of them stops failing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any, Final

from diffcheck.case import Case, Defect

__all__ = ["declared", "known_defects"]


def _jax(
    reason: str, *verdicts: str, quantity: str | None = None, dtype: str | None = None
) -> Defect:
    """Return a finding about JAX 0.10.2, each checked by hand at its worst point."""
    return Defect(reason=reason, verdicts=verdicts, backend="jax", quantity=quantity, dtype=dtype)


_SECOND: Final = _jax(
    "the second derivative is written as a product or difference of numbers that leave the range, "
    "vanish or cancel, though it does not",
    "range",
    "lost",
    quantity="hessian",
)
# (ops, what fails); an op may stand in several rows.
FINDINGS: Final[tuple[tuple[str, Defect], ...]] = (
    (
        "eig eigh sqrtm svd solve_sylvester irdft",
        Defect(
            reason="the error is small beside the norm: an entry far below it has no digits left, "
            "and may come out as 0",
            verdicts=("lost",),
        ),
    ),
    (
        "norm2",
        Defect(
            reason="next to an axis ∂²|x|/∂x² is 1 - (x/|x|)², which cancels; the product of two "
            "small parts underflows before it is divided by |x|",
            verdicts=("lost", "range"),
            quantity="hessian",
        ),
    ),
    (
        "sign_of_det",
        Defect(
            reason="at the zero matrix the function has a derivative along a line, though its sign "
            "jumps there: the rule of a sign has none",
            verdicts=("wrong",),
            quantity="jvp",
        ),
    ),
    (
        "sign_of_det",
        _jax("the determinant of a matrix of two by two is a product that underflows", "lost"),
    ),
    (
        "norm2",
        _jax("x/|x| at 0 is 0/0, where every vector of length up to 1 would do", "kink"),
    ),
    (
        "yv",
        Defect(
            reason="forward mode adds partial derivatives that are infinite in the format, with "
            "opposite signs; so is the truth",
            verdicts=("range",),
            backend="engine",
            quantity="jvp",
        ),
    ),
    (
        "acosh asinh atan atan2 atanh beta betaln divide erf erfc erfcx gelu hypot kl_div",
        _SECOND,
    ),
    (
        "expit gamma log_ndtr logit ndtr ndtri polygamma pow rel_entr si sinc tanh xlog1py xlogy",
        _SECOND,
    ),
    (
        "logabsdet zeta",
        _SECOND,
    ),
    (
        "acosh atan2 beta betaln digamma divide erfcx gelu_tanh sinc",
        _jax(
            "the derivative is written as a product or difference of numbers that leave the range, "
            "vanish or cancel, though it does not",
            "range",
            "lost",
            quantity="gradient",
        ),
    ),
    (
        "pow",
        _jax(
            "an infinite factor at an argument of 0, times 0, leaks into entries that are 0",
            "wrong",
            quantity="hessian",
        ),
    ),
    (
        "i0 i1 i0e i1e",
        _jax(
            "the derivative of exp(|x|) i0e(x) or of i0e(x) is a difference that cancels, and "
            "exp(|x|) overflows first",
            "range",
            "lost",
        ),
    ),
    (
        "i0",
        _jax(
            "within an eps of 0 the slope of i1e is taken as a constant",
            "wrong",
            quantity="hessian",
        ),
    ),
    (
        "j0 j1",
        _jax(
            "the recurrence of bessel_jn overflows for small x, and far out has no digits",
            "range",
            "lost",
        ),
    ),
    (
        "spence",
        _jax(
            "has no rule: its approximations are differentiated, with log(1 - x) of a rounded "
            "1 - x, and x log x of an x that is 0; between 1 and 2 a logarithm that is not chosen "
            "leaks its NaN",
            "range",
            "lost",
        ),
    ),
    (
        "asin",
        _jax(
            "x/2 on the way is subnormal, and flushed",
            "lost",
            "range",
            quantity="value",
            dtype="float32",
        ),
    ),
    (
        "zeta polygamma",
        _jax("q^-s underflows on the way", "lost", "range", quantity="value"),
    ),
    (
        "expi",
        _jax(
            "far out exp(x) overflows, and meets another infinity or 0: NaN for infinity", "range"
        ),
    ),
    (
        "exp1",
        _jax(
            "the rule of expn keeps a traced number as a constant: differentiating it raises a "
            "TypeError",
            "crashed",
            quantity="hessian",
        ),
    ),
    (
        "hyp2f1",
        _jax(
            "its series stops early next to -1, and leaves the range", "mismatch", "lost", "range"
        ),
    ),
    (
        "hyp1f1",
        _jax("its series cancels left of 0", "lost", "range", dtype="float32"),
    ),
    (
        "hyp1f1",
        _jax(
            "next to 0 its second derivative in a parameter is left over from terms that cancel",
            "lost",
            quantity="hessian",
            dtype="float64",
        ),
    ),
    (
        "fused_attention",
        _jax(
            "dot_product_attention computes its logits in float32 whatever the dtype: float64 has "
            "the digits of float32, and its range",
            "range",
            quantity="jacobian",
        ),
    ),
)


def known_defects(op: str) -> tuple[Defect, ...]:
    """Return what is known to fail in the atlas case of an op.

    >>> [defect.verdicts for defect in known_defects("norm2")]
    [('lost',)]
    """
    return BY_OP.get(op, ())


def declared(names: dict[str, Any]) -> dict[str, Case]:
    """Return the cases among a file's names, by name, with what is known to fail in them.

    >>> from diffcheck.atlas import alone
    >>> declared({"op_sin": alone("sin"), "real": float})["op_sin"].known_defects
    ()
    """
    cases = {name: case for name, case in names.items() if isinstance(case, Case)}
    return {
        name: replace(
            case, known_defects=case.known_defects + known_defects(name.removeprefix("op_"))
        )
        for name, case in cases.items()
    }


def _by_op() -> dict[str, tuple[Defect, ...]]:
    found: dict[str, tuple[Defect, ...]] = defaultdict(tuple)
    for ops, defect in FINDINGS:
        for op in ops.split():
            found[op] += (defect,)
    return dict(found)


BY_OP: Final = _by_op()
