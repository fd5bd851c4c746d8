"""What an entry need not keep: large arrays that no rule of its op reads.

The rules of a sum read neither its terms nor the result, those of a product not the result. Kept on
the tape, such arrays cost memory, and the time to write memory that no cache holds any more. In
their place stands an array of the same shape and dtype that takes none.
"""

from __future__ import annotations

import dis
from functools import lru_cache
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from diffcheck.engine.table import Op
    from diffcheck.engine.tensor import Tensor

MANY: Final = 2**12  # elements from which an array is worth it


def slim(op: Op, *entry: Any) -> tuple[Any, ...]:
    """Return an entry of `op.form` 1 or 2 without the large arrays that no rule reads."""
    slots = 1 + op.form
    arrays = zip(entry[slots:], reads_of(op), strict=True)
    return (*entry[:slots], *[x if read else outline(x) for x, read in arrays])


ROOT: Final = "sqrt"  # `squares` computes with what it is the root of


def reads_of(op: Op) -> tuple[bool, ...]:
    """Return for each operand, and then for the result, whether a rule of the op looks at it.

    >>> from diffcheck.engine import TABLE
    >>> reads_of(TABLE["exp"]), reads_of(TABLE["multiply"])
    ((False, True), (True, True, False))
    """
    if op.reads is None:
        rules = op.vjp if isinstance(op.vjp, tuple) else (op.vjp,)
        y, *operands = (any(_reads(r, k) for r in rules if r) for k in range(1, 2 + op.form))
        op.reads = (*operands, y) if op.name != ROOT else (True, True)
    return op.reads


def _reads(rule: Any, position: int) -> bool:
    """Whether a rule looks at its argument number `position`; yes, if in doubt."""
    if not isinstance(rule, FunctionType):
        return True
    code = rule.__code__
    name = code.co_varnames[position]
    loaded = (i.argval for i in dis.get_instructions(code) if "LOAD" in i.opname)
    return name in code.co_cellvars or any(name == v or name in v for v in loaded if _is_name(v))


def _is_name(value: Any) -> bool:
    return isinstance(value, (str, tuple))


def outline(x: Any) -> Any:
    """Return an array of the shape and dtype of x, without its elements; numbers as they are."""
    if type(x) is not np.ndarray or x.size <= MANY:
        return x
    return _outline(x.shape, x.dtype)


def shared_form(a: Tensor, b: Tensor) -> NDArray[Any] | None:
    """Return the outline that two arrays of one shape and dtype share from now on, None for others.

    What elementwise ops make of them shares it, too. So nobody need compare them again, neither
    forward nor backward.
    """
    x, y = a.value, b.value
    if x.shape != y.shape or x.dtype is not y.dtype:
        return None
    if a.form is None:
        a.form = _outline(x.shape, x.dtype) if b.form is None else b.form
    b.form = a.form
    return a.form  # type: ignore[no-any-return]  # tensors are untyped


@lru_cache(maxsize=256)
def _outline(shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
    return np.broadcast_to(np.zeros((), dtype), shape)
