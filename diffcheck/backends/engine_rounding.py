"""How much each op of the engine may round: the columns `rounding` and `length` of its table."""

from __future__ import annotations

from math import ceil, log2
from typing import Any, Final

import numpy as np

from diffcheck.backends.measured_rounding import bound
from diffcheck.engine.table import Op
from diffcheck.programs.form import Rounding, Roundings, rounded

# Exact for operands moved by a few ulps for each column; the factors are those of Higham, Accuracy
# and Stability, §9 (elimination) and §19 (orthogonal transformations).
ELIMINATIONS: Final = frozenset(["cholesky", "det", "inv", "logabsdet", "solve"])
ORTHOGONAL: Final = frozenset(
    ["eig", "eigh", "expm", "pinv", "qr", "solve_sylvester", "sqrtm", "svd"]
)
TRANSFORMS: Final = frozenset(["dft", "irdft", "rdft"])


def roundings(op: Op, values: tuple[Any, ...], params: dict[str, Any], dtype: str) -> Roundings:
    """Return what an op may round at operands of these shapes, with a result of this dtype."""
    if op.rounding == 0 or (op.name == "astype" and not _narrows(values[0], params["dtype"])):
        return ()
    if op.kind == "elementwise":
        measured = bound("engine", op.name, dtype)
        return rounded(op.rounding if measured is None else measured)
    length = max(1, op.length(*values, **params)) if op.length else 1
    pairs = (1 + ceil(log2(length))) / 2
    if op.name == "scatter_add":
        terms = max(1, np.size(values[0])) / 2  # at worst, all of them to one place
        return (Rounding(of="terms", count=0.5, most=terms),)
    if op.kind in ("linear", "multilinear") and op.name not in TRANSFORMS:
        return (Rounding(of="terms", count=pairs, most=length / 2),)
    if op.name in TRANSFORMS:
        ulps = 3.0 * ceil(log2(max(2, length)))
        return (Rounding(of="operands", count=ulps, most=ulps),)
    if op.name in ELIMINATIONS or op.name in ORTHOGONAL:
        columns = np.shape(values[0])[-1]
        ulps = float((3 if op.name in ELIMINATIONS else 10) * max(1, columns))
        return (Rounding(of="operands", count=ulps, most=ulps),)
    own = Rounding(count=op.rounding + pairs, most=op.rounding + length / 2)
    if op.name == "norm2":
        return (own,)
    # Functions of a whole row, as softmax: the differences to its largest element round as well.
    return (own, Rounding(of="operands", count=1, most=1))


def _narrows(x: Any, dtype: Any) -> bool:
    given, taken = np.asarray(x).dtype, np.dtype(dtype)
    return given.itemsize > taken.itemsize or given.kind not in "fV"
