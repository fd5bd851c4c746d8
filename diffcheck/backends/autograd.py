"""autograd as a guest: NumPy on the CPU, point by point."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import numpy as np

from diffcheck.backends.autograd_namespace import namespace
from diffcheck.backends.autograd_operations import count_operations
from diffcheck.backends.autograd_transforms import ONE_COMPONENT, TRANSFORMS
from diffcheck.backends.base import Evaluation, Unsupported
from diffcheck.backends.blocks import Arrays, inputs_at
from diffcheck.backends.counts import Key, OperationCounts
from diffcheck.backends.guests import refusals
from diffcheck.backends.pointwise import at_points, direction_arrays, named, require
from diffcheck.case import Case, Point, Quantity
from diffcheck.case.quantities import Kind
from diffcheck.floats import Format

_REFUSALS: Final = (AttributeError, IndexError, TypeError, ValueError)


class AutogradBackend:
    """Computes quantities point by point."""

    name: Final = "autograd"
    flushes_subnormals: Final = False
    has_rules: Final = True
    derived: Final[frozenset[Kind]] = frozenset()  # forward mode has rules of its own

    def __init__(self) -> None:
        self._operations = OperationCounts()

    def devices(self) -> tuple[str, ...]:
        """Return the one device there is."""
        return ("cpu:0",)

    def modes(self, device: str) -> tuple[str, ...]:  # noqa: ARG002 - the Protocol's signature
        """Return the one way of running."""
        return ("eager",)

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

        Raises `Unsupported` where autograd lacks a function or a rule, refuses the program or
        leaves the format by itself, `BackendError` where the program changes the dtype.
        """
        where = f"{case.name}, program {program!r}, {quantity.kind}, autograd {mode} on {device}"
        run = _Run(case, program, quantity, fmt, where)
        shared = program not in case.backend_programs.get("autograd", {})

        def one(point: Point) -> Any:
            return run(TRANSFORMS[quantity.kind], inputs_at(case, point, fmt))

        with np.errstate(all="ignore"), _explained(shared=shared):
            values = at_points(one, points, case, quantity, fmt, where)
            operations = self._operations.of(run.key, points, run.count)
        if values.dtype != fmt.dtype:
            raise Unsupported(f"autograd answers in {values.dtype} where {fmt.name} was asked")
        return Evaluation(values=values, operations=operations)

    def forget(self, case: Case) -> None:
        """Drop the operation counts of this case."""
        self._operations.forget(case)


class _Run:
    """A program of a case, ready to be transformed at inputs."""

    def __init__(
        self, case: Case, program: str, quantity: Quantity, fmt: Format, where: str
    ) -> None:
        self.case, self.quantity, self.fmt, self.where = case, quantity, fmt, where
        self.function = case.program_for(program, "autograd")
        self.xp = namespace(fmt.name)
        self.seeds = direction_arrays(case, quantity, fmt.dtype)

    @property
    def key(self) -> Key:
        return (self.case, self.function, self.quantity, self.fmt.name)

    def __call__(self, transform: Callable[..., Any], inputs: Arrays) -> Any:
        def of_wrt(*x: Any) -> Any:
            output = self.xp.asarray(self.function(self.xp, **{**inputs, **named(self.case, x)}))
            require(output.dtype, self.fmt.dtype, self.where)
            return output

        return transform(of_wrt, tuple(inputs[name] for name in self.case.wrt), *self.seeds)

    def count(self, point: Point) -> int:
        """Return the operations of one component."""
        inputs = inputs_at(self.case, point, self.fmt)
        component = ONE_COMPONENT[self.quantity.kind]

        def of_inputs(x: Any) -> Any:
            changed = [x[i] for i in range(len(self.case.wrt))]
            return self(component, {**inputs, **named(self.case, changed)})

        return count_operations(of_inputs, tuple(inputs[name] for name in self.case.wrt))


@contextmanager
def _explained(*, shared: bool) -> Iterator[None]:
    own = np.linalg.LinAlgError
    with (
        warnings.catch_warnings(),
        refusals("autograd", "a rule", _REFUSALS, passed=own, shared=shared),
    ):
        # A derivative of 0 is an answer here.
        warnings.filterwarnings("ignore", "Output seems independent of input")
        yield
