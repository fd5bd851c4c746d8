"""What is known to fail in the atlas: each finding once, with the ops that have it.

Strict, as every `Defect`: a full run of the atlas fails when one of them stops failing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any, Final

from diffcheck.case import Case, Defect

__all__ = ["declared", "known_defects"]

# (ops, what fails); an op may stand in several rows.
FINDINGS: Final[tuple[tuple[str, Defect], ...]] = (
    (
        "eigh sqrtm svd solve_sylvester irdft",
        Defect(
            reason="the error is small beside the norm: an entry far below it has no digits left, "
            "and may come out as 0",
            verdicts=("lost",),
        ),
    ),
    (
        "conj",
        Defect(
            reason="a sum of products of numbers of very different sizes cancels: its terms are "
            "rounded in the Fourier transform",
            verdicts=("lost",),
        ),
    ),
    (
        "norm2",
        Defect(
            reason="next to an axis ∂²|x|/∂x² is 1 - (x/|x|)², which cancels",
            verdicts=("lost",),
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
        "beta divide",
        Defect(
            reason="forward mode adds partial derivatives that are infinite in the format, with "
            "opposite signs; so is the truth",
            verdicts=("range",),
            backend="engine",
            quantity="jvp",
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
