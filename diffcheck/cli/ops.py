"""The op table as `diffcheck list --ops` prints it: a header, then one line for each op."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from diffcheck.cli.selection import Matcher
    from diffcheck.engine import Op

COLUMNS: Final = (
    "op", "kind", "arguments", "derivative in", "ulps", "domain", "not differentiable at", "JAX",
    "SymPy",
)  # fmt: skip
NOTHING: Final = "-"
MANY: Final = "any number"


def lines(matches: Matcher) -> Iterator[str]:
    """Yield the header and a line for each op whose name matches, columns aligned.

    The bound on an op's own rounding is in ulps; for a reduction or contraction, of each operation
    in it.
    """
    from diffcheck.engine import TABLE

    rows = [COLUMNS, *(_row(op) for name, op in TABLE.items() if matches(name))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=True)).rstrip()


def _row(op: Op) -> tuple[str, ...]:
    domain = op.domain if isinstance(op.domain, str) else " x ".join(op.domain)
    arguments, wrt = _arguments(op)
    kind = f"{op.kind}, slope of {op.slope}" if op.slope else op.kind
    cells = (op.name, kind, arguments, wrt, f"{op.rounding:g}", domain, op.kinks, op.jax, op.sympy)
    return tuple(cell or NOTHING for cell in cells)


def _arguments(op: Op) -> tuple[str, str]:
    """Return the arguments by the names of the SymPy column, and those with a derivative."""
    from diffcheck.atlas import ARGUMENTS, arguments

    known = op.differentiated
    if known is None:
        return MANY, "all"
    names = ARGUMENTS[: len(op.vjp)] if isinstance(op.vjp, tuple) else arguments(op) or ("x",)
    return ", ".join(names), ", ".join(names[i] for i in known)
