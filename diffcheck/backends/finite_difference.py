"""Finite differences as a guest: what users see who have no derivative, with NumPy on the CPU.

A difference quotient has no rule that could be wrong: its truncation is no other function. So the
judge looks at its digits alone, and calls none of its derivatives wrong.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from diffcheck.backends.base import Evaluation, MissingFunctionError, Unsupported
from diffcheck.backends.blocks import inputs_at, split
from diffcheck.backends.difference_quotients import QUOTIENTS, Quotient
from diffcheck.backends.engine import EngineBackend
from diffcheck.backends.engine_namespace import namespace
from diffcheck.backends.perturbed import AnalyticNamespace
from diffcheck.backends.pointwise import named, require
from diffcheck.case import Case, Point, Quantity
from diffcheck.case.quantities import AXES, Kind, directions
from diffcheck.engine import ComplexOperandError
from diffcheck.floats import Format

Vector = NDArray[Any]


class FiniteDifferenceBackend:
    """Computes quantities point by point from values of the program alone."""

    name: Final = "finite-difference"
    flushes_subnormals: Final = False
    has_rules: Final = False
    derived: Final[frozenset[Kind]] = frozenset()

    def __init__(self) -> None:
        self._engine = EngineBackend()

    def devices(self) -> tuple[str, ...]:
        """Return the one device there is."""
        return ("cpu:0",)

    def modes(self, device: str) -> tuple[str, ...]:  # noqa: ARG002 - the Protocol's signature
        """Return the kinds of quotient."""
        return tuple(QUOTIENTS)

    def evaluate(
        self,
        case: Case,
        program: str,
        quantity: Quantity,
        points: Sequence[Point],
        *,
        fmt: Format,
        mode: str,
        device: str,
    ) -> Evaluation:
        """Compute the quantity at every point, in the format's dtype throughout.

        Raises `Unsupported` where the complex step has no answer: of a program that is not
        analytic, and above the first order.
        """
        where = f"{case.name}, program {program!r}, {quantity.kind}, {mode} difference"
        if mode == "complex-step" and quantity.order > 1:
            raise Unsupported("the complex step gives first derivatives only")
        found = [np.empty((0, *quantity.shape), dtype=fmt.dtype)]
        with np.errstate(all="ignore"), _explained(mode):
            for point in points:
                f, x = _flat_function(case, program, point, fmt, mode, where)
                values = _quantity(QUOTIENTS[mode], f, x, case, quantity, fmt)
                found.append(values.reshape(1, *quantity.shape))
        operations = self._count(case, program, quantity, points, fmt, device)
        return Evaluation(values=np.concatenate(found), operations=operations)

    def forget(self, case: Case) -> None:
        """Drop the operation counts of this case."""
        self._engine.forget(case)

    def _count(
        self,
        case: Case,
        program: str,
        quantity: Quantity,
        points: Sequence[Point],
        fmt: Format,
        device: str,
    ) -> int:
        """Return the operations of the value, as the engine counts them, and the subtraction."""
        value = Quantity("value", quantity.m, quantity.n)
        try:
            found = self._engine.evaluate(
                case, program, value, points[:1], fmt=fmt, mode="eager", device=device
            )
        except Exception:  # noqa: BLE001 - the engine's trouble with a program is its own
            return 0
        return found.operations + min(quantity.order, 1)


def _flat_function(
    case: Case, program: str, point: Point, fmt: Format, mode: str, where: str
) -> tuple[Callable[[Vector], Vector], Vector]:
    """Return the program as a function of the flat `wrt` inputs, and these at the point."""
    function = case.program_for(program, "finite-difference")
    xp: Any = namespace(fmt.dtype)
    if mode == "complex-step":
        xp = AnalyticNamespace(xp)
    inputs = inputs_at(case, point, fmt)
    x = np.concatenate([inputs[name].reshape(-1) for name in case.wrt])

    def f(flat: Vector) -> Vector:
        parts = split(flat, case, flat.dtype)
        output = np.asarray(function(xp, **{**inputs, **named(case, parts)}))
        expected = flat.dtype if output.dtype.kind == "c" else fmt.dtype
        require(output.dtype, expected, where)
        return output.reshape(-1)

    return f, x


def _quantity(
    quotient: Quotient,
    f: Callable[[Vector], Vector],
    x: Vector,
    case: Case,
    quantity: Quantity,
    fmt: Format,
) -> Vector:
    """Return the quantity from directional derivatives along unit vectors, v and w."""
    v, w = (d.astype(fmt.dtype) for d in directions(case.name, quantity.m, quantity.n))
    units = np.eye(quantity.n, dtype=fmt.dtype)

    def derivative(*along: Vector) -> Vector:
        return quotient(f, x, along, fmt) if along else f(x)

    def columns(axes: int, *along: Vector) -> Vector:
        if axes == 0:
            return derivative(*along)
        return np.stack([columns(axes - 1, *along, unit) for unit in units], axis=-1)

    match quantity.kind:
        case "jvp":
            return derivative(v)
        case "vjp":
            return np.asarray(w @ columns(1))
        case "hvp":
            return np.asarray(w @ columns(1, v))
        case kind:
            return columns(AXES[kind].count("n"))


@contextmanager
def _explained(mode: str) -> Iterator[None]:
    """Turn what is not analytic, or unknown for complex numbers, into `Unsupported`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            yield
    except MissingFunctionError as error:
        raise Unsupported(str(error)) from error
    except (ComplexOperandError, TypeError, np.exceptions.ComplexWarning) as error:
        if mode != "complex-step":
            raise
        reason = str(error).partition(", and")[0]
        if isinstance(error, ComplexOperandError):
            reason = f"{reason.partition(',')[0]} is not differentiable for complex numbers"
        raise Unsupported(f"the complex step cannot run this program: {reason}") from error
