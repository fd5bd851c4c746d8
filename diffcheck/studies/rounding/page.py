"""The page of the study of rounding."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from typing import Final

from diffcheck.studies.accuracy.measuring import Worst
from diffcheck.studies.rounding.measuring import COUNT, FEWER, STEEP, Row

PACKAGES: Final = ("numpy", "scipy", "python-flint", "jax")
INTRODUCTION: Final = """\
# What single operations round

Made by `diffcheck study rounding`. The judge's budgets (`unstable`, `op-fault`) count what each
operation of a derivative program may round: c ulps of its exact result. For + - × ÷ and √ c is 1/2
by the standard, for sums, products of arrays and factorisations a bound of the literature. For
functions of one element it is measured: the worst error over {count} points of a NumPy function,
{fewer} of the others, and the special ones, against Arb at the very floats; up to the next half
ulp. Left out are points where the function carries its operands' last digits on more than {steep:g}
times: next to a root or far out the worst of a sample is chance. The worst anywhere stands beside
it. What came out as 0, infinity or NaN though it is an ordinary number is counted apart.

The engine's bounds are declared in its op table. JAX's are those measured here, each primitive
compiled by itself on the CPU ({machine}), but never more than the engine keeps: a primitive that is
worse than that is at fault. {versions}.
"""


def page(rows: list[Row]) -> str:
    """Return the page."""
    ours = [r for r in rows if r.backend == "engine"]
    broken = sorted({r.name for r in ours if r.gentle.ulps > r.declared})
    lines = [
        INTRODUCTION.format(
            count=COUNT, fewer=FEWER, steep=STEEP, machine=platform.machine(),
            versions=", ".join(f"{name} {version(name)}" for name in PACKAGES),
        ),
        "## JAX's primitives",
        "",
        *_table((r, r.bound) for r in rows if r.backend == "jax"),
        "",
        "## The engine's ops",
        "",
        "Every measured error is within its bound."
        if not broken
        else f"Beyond what is declared: {', '.join(broken)}.",
        "",
        *_table((r, r.declared) for r in ours),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _table(rows: Iterable[tuple[Row, float]]) -> Iterator[str]:
    yield "| operation | format | bound | worst | at | worst anywhere | at | out of range |"
    yield "| --- | --- | ---: | ---: | --- | ---: | --- | ---: |"
    for r, bound in rows:
        yield (
            f"| {r.name} | {r.format} | {bound:g} | {r.gentle.ulps:.3g} | {_at(r.gentle)} "
            f"| {r.anywhere.ulps:.3g} | {_at(r.anywhere)} | {r.out_of_range or ''} |"
        )


def _at(found: Worst) -> str:
    return ", ".join(f"{float(x):.6g}" for x in found.point)
