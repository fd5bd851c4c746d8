"""Accuracy of the engine's derivatives over the whole range of floats, beside its peers."""

from __future__ import annotations

import platform
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from diffcheck.report.files import write_changed
from diffcheck.studies.accuracy.goals import DECLARED, key, misses
from diffcheck.studies.accuracy.matrices import table
from diffcheck.studies.accuracy.page import misses_table, op_tables, zeros_table
from diffcheck.studies.accuracy.screening import KEPT, MANY
from diffcheck.studies.accuracy.subjects import subjects
from diffcheck.studies.accuracy.walk import GUESTS, Row, walk

__all__ = ["run"]

MINUTES: Final = 11  # on a core beside others
FEWER: Final = 20  # one point in so many of an op whose truth takes long:
LONG: Final = frozenset({"kv"})
COUNT: Final = 100  # points of an op in a format, besides the special ones
PACKAGES: Final = ("numpy", "scipy", "sympy", "python-flint", "jax", "torch", "autograd")
INTRODUCTION: Final = """\
# Accuracy of the engine's derivatives

Made by `diffcheck study accuracy`, in about {minutes} minutes. Every elementwise op of one or two
arguments in the engine's table, in float32 and float64, each differentiable argument: the worst
error of its first and second derivative, in ulps of the exact value. That is certified: SymPy
differentiates what the table's `sympy` column says, Arb encloses the result at the very float
(of `owens_t`, which SymPy cannot write, the engine's rules in ball arithmetic). A twentieth of the
points serves what has a truth that takes minutes next to an order of 0:
{long}.

Points: half uniform over the floats of the op's domain, half over those between 2⁻¹⁰ and 2¹⁰; next
to finite ends at all distances; of two arguments also nearly equal ones; and the special ones (±0,
subnormals, ε, 1, the greatest, ends and their neighbours). With them come, for each derivative, the
{kept_of} that look worst out of {many} more, judged by the engine's own rule in the next wider
format: of NumPy's functions in both formats, of the others in float32 where no Arb is in it. Left
out are points where the derivative does not exist, is exactly 0 or beyond the format. The same
points on every run.

Asked are at most 2 ulps of a first derivative where the op is a NumPy ufunc, else 4, and 16 of a
second. **{kept} of {all} derivatives keep to that**{misses}.

Beside ours JAX (`jit(vmap(grad))`), PyTorch and autograd, at the same points but for those where a
coordinate or the derivative is subnormal: XLA flushes these by design. ∞ stands for NaN or infinity
in place of a number; 1.7e+07 ulps in float32 and 9.0e+15 in float64 are a derivative that came out
as 0. Nothing stands where a library has no such function, or no derivative of it.

{versions}. The processor's vector instructions decide the last digits of NumPy's functions.
"""

MATRICES: Final = [
    "## Reductions and linear algebra",
    "",
    "The relative error of the gradient's largest component against its bound 4 n κ u, n the rows",
    "of the matrix, κ the condition; the worst of random and ill-conditioned matrices of 3 and 8",
    "rows.",
    "What is exact comes from the same program in balls of 400 bits.",
    "",
]


def run(reports: Path) -> Path:
    """Walk the op table and write the page; return where it is."""
    rows = [
        row
        for subject in subjects()
        for row in walk(subject, COUNT, GUESTS, FEWER if subject.name in LONG else 1, many=MANY)
    ]
    return write_changed(reports / "engine-accuracy.md", page(rows).encode())


def page(rows: list[Row]) -> str:
    """Return the report on the rows."""
    missed = [row for row in rows if misses(row)]
    stale = sorted(set(DECLARED) - {key(row) for row in missed})
    head = INTRODUCTION.format(
        minutes=MINUTES, kept_of=KEPT, many=f"{MANY:,}",
        long=", ".join(f"`{name}`" for name in sorted(LONG)),
        kept=len(rows) - len(missed), all=len(rows), versions=_versions(),
        misses=f" ({len(missed)} do not, ✗ below, with their reasons)" if missed else "",
    )  # fmt: skip
    told = [f"Declared and not found: {', '.join(map(str, stale))}.", ""] if stale else []
    lines = [
        head,
        "## What misses",
        "",
        *misses_table(rows),
        "",
        *told,
        *zeros_table(rows),
        "",
        *op_tables(rows),
        *MATRICES,
        *table(),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _versions() -> str:
    found = [f"{name} {version(name)}" for name in PACKAGES if find_spec(_module(name))]
    return f"Python {platform.python_version()} on {platform.machine()}: {', '.join(found)}"


def _module(package: str) -> str:
    return "flint" if package == "python-flint" else package
