"""The array API as NumPy has it: on plain arrays the standard's functions are NumPy's own.

Programs that are not being differentiated thus run unchanged, in every dtype; a tensor, a ball or a
bfloat16 among the arguments goes to the engine's function.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any, Final

import ml_dtypes
import numpy as np
from flint import arb

from diffcheck.engine.tensor import Tensor, looked_into
from diffcheck.engine.trees import leaves, tree_map

Function = Callable[..., Any]

WITHOUT_DERIVATIVE: Final = (
    "bitwise_left_shift", "bitwise_right_shift", "from_dlpack", "nonzero",
)  # fmt: skip

NUMPY_LACKS: Final = frozenset({"descending"})
LAPACK_LACKS: Final = frozenset("egG")  # float16, longdouble, clongdouble
FLOAT64: Final = np.dtype(np.float64)


def is_numpys(args: tuple[Any, ...], kwargs: dict[str, Any], *, scalars: bool = False) -> bool:
    """Whether all arrays of a call are of NumPy's own dtypes; with `scalars` there may be none."""
    found = scalars
    for leaf in leaves([list(args), list(kwargs.values())]):
        kind = type(leaf)
        if kind is Tensor or kind is arb:
            return False
        if kind is np.ndarray or isinstance(leaf, np.generic):
            if leaf.dtype.kind in "OV":
                return False
            found = True
    return found


def like_numpy(
    ours: Function,
    theirs: Function,
    *,
    keep_real: bool = False,
    scalars: bool = False,
    lapack: bool = False,
) -> Function:
    """Return our function, which hands calls without tensors or balls to NumPy's.

    With `keep_real` it keeps real matrices too, as long as it can do what is asked; and it keeps
    what asks for an option of the standard that NumPy lacks. With `scalars` calls of nothing but
    Python's numbers are NumPy's as well. With `lapack` it keeps the formats that LAPACK lacks.
    """

    @wraps(ours)
    def call(*args: Any, **kwargs: Any) -> Any:
        first = args[0] if args else None
        if type(first) is Tensor or (type(first) is list and first and type(first[0]) is Tensor):
            return ours(*args, **kwargs)
        if not is_numpys(args, kwargs, scalars=scalars):
            return ours(*args, **kwargs)
        if keep_real and args[0].dtype.kind == "f":
            try:
                return ours(*args, **kwargs)
            except (NotImplementedError, TypeError):  # an option of NumPy's alone
                pass
        if lapack and getattr(args[0], "dtype", FLOAT64).char in LAPACK_LACKS:
            return ours(*args, **kwargs)
        if not NUMPY_LACKS.isdisjoint(kwargs):
            return ours(*args, **kwargs)
        return theirs(*args, **kwargs)

    operation = getattr(ours, "operation", None)
    if operation is not None:
        call.operation = operation  # type: ignore[attr-defined]  # read by `bind_plain`
        with suppress(ValueError):  # an entry takes *args, and some functions of C do not tell
            call.__signature__ = inspect.signature(theirs)  # type: ignore[attr-defined]  # as above
    return call


def on_dtypes(theirs: Function) -> Function:
    """Return a function of dtypes, which stands arrays and tensors for theirs."""

    @wraps(theirs)
    def call(*args: Any, **kwargs: Any) -> Any:
        return theirs(*map(_dtype_of, args), **{key: _dtype_of(x) for key, x in kwargs.items()})

    return call


def _dtype_of(x: Any) -> Any:
    return x.dtype if isinstance(x, (Tensor, np.ndarray, np.generic)) else x


@on_dtypes
@wraps(np.finfo)
def finfo(dtype: Any) -> Any:
    """Return the limits of a floating-point dtype, NumPy's own or bfloat16, or of an array's."""
    known = np.dtype(dtype).kind in "fc"
    return np.finfo(dtype) if known else ml_dtypes.finfo(dtype)  # type: ignore[no-untyped-call]  # ml_dtypes has no types


def stably(theirs: Function) -> Function:
    """Return NumPy's argsort with the standard's default: equal elements keep their order."""

    @wraps(theirs)
    def call(x: Any, *args: Any, **kwargs: Any) -> Any:
        if len(args) < 2 and kwargs.keys().isdisjoint(("kind", "stable")):
            kwargs["stable"] = True
        return theirs(x, *args, **kwargs)

    return call


def on_values(theirs: Function) -> Function:
    """Return a function without derivative that looks through tensors at their values."""

    @wraps(theirs)
    def call(*args: Any, **kwargs: Any) -> Any:
        values = {key: tree_map(looked_into, value) for key, value in kwargs.items()}
        return theirs(*tree_map(looked_into, args), **values)

    return call
