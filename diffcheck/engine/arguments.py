"""What a transform is given and what its function gives, checked where they come in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from diffcheck.engine.errors import OperationError, refused
from diffcheck.engine.tensor import Tensor, base, shape_of
from diffcheck.engine.trees import leaves

Function = Callable[..., Any]
Argnums = int | Sequence[int]
PLAIN = frozenset("efdgFD")  # dtype characters of NumPy's own floating-point formats


def is_plain(x: Any) -> bool:
    """Whether x is a float, an array of NumPy's own formats, or a container of such."""
    kind = type(x)
    if kind is np.ndarray or kind is np.float64 or kind is np.float32:
        return x.dtype.char in PLAIN
    if kind is tuple or kind is list:
        return all(map(is_plain, x))
    return kind is float or (kind is dict and all(map(is_plain, x.values())))


def variable(x: Any) -> Any:
    """Return an argument as something differentiable.

    Raises `TypeError` for integers, `OperationError` for what is no array.
    """
    if type(x) is float:
        return np.float64(x)
    if is_plain(x):
        return x
    value = x if isinstance(x, (Tensor, np.ndarray, np.generic)) else np.asarray(x)[()]
    if type(value) is Tensor and hasattr(value.trace, "strong"):
        value = value.trace.strong(value)  # a Python float that `compile` records, as a float64
    inner = base(value)
    if not hasattr(inner, "dtype"):
        raise refused(
            "a transform",
            "arrays, numbers, and tuples, lists and dicts of them to differentiate in",
            f"a {type(inner).__name__}",
            "a container of another kind, such as a dataclass",
            "pass its fields as a tuple or a dict, or choose other arguments by argnums",
        )
    if inner.dtype.kind not in "fcOV":
        raise TypeError(
            f"a derivative in an argument of dtype {inner.dtype} was asked for; "
            "only floating-point arguments have one: pass 2.0 instead of 2"
        )
    return value


def is_single(argnums: Argnums) -> bool:
    """Whether one argument is meant, and the answer is not to be a tuple."""
    return isinstance(argnums, (int, np.integer))


def first_of(parts: Any, single: bool) -> Any:
    """Return what belongs to the one argument that is meant, or to all of them."""
    return parts[0] if single else parts


def positions_of(argnums: Argnums) -> tuple[int, ...]:
    """Return the numbers of the arguments to differentiate in.

    Raises `OperationError` for what is not a number or a sequence of different ones.

    >>> positions_of(0), positions_of([1, 2])
    ((0,), (1, 2))
    """
    try:
        found = (int(argnums),) if is_single(argnums) else tuple(map(_whole, argnums))  # type: ignore[arg-type]  # a number then
    except TypeError:
        found = ()
    if len(set(found)) == len(found) and (found or _is_empty(argnums)):
        return found
    raise refused(
        "argnums",
        "the number of an argument, or a sequence of different ones",
        repr(argnums),
        "a name, a fraction or an argument named twice",
        "count the arguments from 0, as in argnums=(0, 2)",
    )


def _whole(number: Any) -> int:
    if not isinstance(number, (int, np.integer)):
        raise TypeError(number)
    return int(number)


def _is_empty(argnums: Any) -> bool:
    return isinstance(argnums, Sequence) and not isinstance(argnums, str) and len(argnums) == 0


def check_positions(args: Sequence[Any], positions: Sequence[int]) -> None:
    """Raise unless there is a positional argument for each of the positions."""
    for position in positions:
        if not -len(args) <= position < len(args):
            raise refused(
                "argnums",
                f"an argument number {position}",
                f"{len(args)} positional argument{'' if len(args) == 1 else 's'}",
                "a wrong argnums, or an argument passed by its name",
                "pass by position what is to be differentiated in; the first is number 0",
            )


def with_keywords(f: Function, keywords: dict[str, Any]) -> Function:
    """Return f with its keyword arguments, which are constants."""
    return partial(f, **keywords) if keywords else f


def check_result(transform: str, output: Any, *, number: bool = False) -> None:
    """Raise unless a function gave arrays; with `number`, unless it gave one array."""
    flat = [output] if number else leaves(output)
    if flat and all(
        isinstance(y, (Tensor, np.ndarray, np.generic, int, float, complex)) for y in flat
    ):
        return
    wanted = "one real number" if number else "an array or a container of arrays"
    remedy = "return the result of the computation"
    if number and isinstance(output, (tuple, list, dict)):
        remedy = "return one number, or call engine.jacrev, which takes containers"
    raise refused(
        transform,
        f"a function that gives {wanted}",
        f"{output!r}" if output is None else f"a {type(output).__name__}",
        "a missing return" if output is None else "a return of something else than numbers",
        remedy,
    )


def check_directions(where: str, points: Any, directions: Any, *, what: str) -> None:
    """Raise unless tangents or cotangents have the form and the shapes of what they belong to."""
    xs, ts = leaves(points), leaves(directions)
    if len(xs) != len(ts):
        raise refused(
            where,
            f"{len(xs)} {what}{'' if len(xs) == 1 else 's'}",
            f"{len(ts)}",
            f"{what}s in another form than what they belong to",
            f"pass one {what} for each array, in containers of the same form",
        )
    for k, (x, t) in enumerate(zip(xs, ts, strict=True)):
        if shape_of(x) != shape_of(t):
            raise refused(
                where,
                f"a {what} of shape {shape_of(x)} for array number {k}",
                f"shape {shape_of(t)}",
                f"a {what} that relies on broadcasting, or stands in another order",
                f"give each {what} the shape of its array",
            )


def check_sequences(where: str, primals: Any, tangents: Any) -> None:
    """Raise unless primals and tangents are sequences, one item for each argument."""
    if isinstance(primals, (tuple, list)) and isinstance(tangents, (tuple, list)):
        return
    raise refused(
        where,
        "sequences of primals and of tangents, one item for each argument",
        f"{type(primals).__name__} and {type(tangents).__name__}",
        "an argument passed bare",
        f"write {where}(f, (x,), (t,))",
    )


def unlike_number(output: Any) -> OperationError:
    """Return the error for a gradient of an array."""
    return refused(
        "grad",
        "a function that gives one number",
        f"one that gave shape {shape_of(output)}",
        "a loss that was not summed",
        "sum it, or call engine.jacrev",
    )


def unlike_real(output: Any) -> OperationError:
    """Return the error for a gradient of a complex number."""
    del output
    return refused(
        "grad",
        "a function that gives a real number",
        "one that gave a complex number",
        "a holomorphic function, whose complex derivative is not supported",
        "take engine.real or engine.abs of it",
    )
