"""PyTorch as a guest: eager, point by point, on the CPU and every CUDA device present."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import torch
from flint import arb

from diffcheck.backends.base import Evaluation, Unsupported
from diffcheck.backends.blocks import inputs_at
from diffcheck.backends.counts import Key, OperationCounts
from diffcheck.backends.guests import refusals
from diffcheck.backends.literals import with_rounded_literals
from diffcheck.backends.pointwise import at_points, direction_arrays, flatten, named, require
from diffcheck.backends.torch_exact import Derivative, derivative
from diffcheck.backends.torch_namespace import namespace
from diffcheck.backends.torch_operations import count_operations
from diffcheck.backends.torch_transforms import ONE_COMPONENT, TRANSFORMS
from diffcheck.case import Case, Point, Quantity
from diffcheck.case.quantities import Kind
from diffcheck.floats import Format

Arrays = dict[str, Any]
_REFUSALS: Final = (AttributeError, IndexError, RuntimeError, TypeError, ValueError)


class TorchBackend:
    """Computes quantities point by point."""

    name: Final = "torch"
    flushes_subnormals: Final = False  # unless asked: torch.set_flush_denormal
    has_rules: Final = True
    derived: Final[frozenset[Kind]] = frozenset()  # forward mode has formulas of its own

    def __init__(self) -> None:
        self._operations = OperationCounts()
        self._derivatives: dict[Key, Derivative | Unsupported] = {}

    def devices(self) -> tuple[str, ...]:
        """Return the devices present, as `cpu:0`, `gpu:0`."""
        return ("cpu:0", *(f"gpu:{i}" for i in range(torch.cuda.device_count())))

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

        Raises `Unsupported` where torch lacks a function or a derivative or refuses the program,
        `BackendError` where the program changes the dtype.
        """
        where = f"{case.name}, program {program!r}, {quantity.kind}, torch {mode} on {device}"
        run = _Run(case, program, quantity, fmt, device.replace("gpu", "cuda"), where)
        shared = program not in case.backend_programs.get("torch", {})

        def one(point: Point) -> Any:
            return _arrays(run(TRANSFORMS[quantity.kind], point))

        with _explained(shared=shared):
            values = at_points(one, points, case, quantity, fmt, where)
            operations = self._operations.of(run.key, points, run.count)
        require(values.dtype, fmt.dtype, where)
        return Evaluation(values=values, operations=operations)

    def enclose(
        self, case: Case, program: str, quantity: Quantity, point: Point, *, fmt: Format, bits: int
    ) -> list[arb]:
        """Return balls of the program's derivative in exact real arithmetic, flat, in C order.

        What torch's backward formulas dispatch is run on exact balls of the point's coordinates.
        Literals that are not short carry the rounding of `fmt`. Raises `Unsupported` where an
        operation has no form, `balls.Undecided` where a branch cannot be decided at `bits` bits.
        """
        where = f"{case.name}, program {program!r}, {quantity.kind}, torch on balls"
        run = _Run(case, program, quantity, fmt, "cpu", where)
        found = self._read(run, point)

        def balls(roundoff: float) -> list[arb]:
            result = found.balls(point.values, fmt, bits, roundoff)
            return list(flatten(result, case, quantity, where).reshape(-1))

        return with_rounded_literals(balls, fmt.unit_roundoff)

    def _read(self, run: _Run, point: Point) -> Derivative:
        if run.key not in self._derivatives:
            inputs = inputs_at(run.case, point, run.fmt)
            try:
                self._derivatives[run.key] = derivative(run.on_arrays(tuple(inputs)), inputs)
            except Unsupported as error:
                self._derivatives[run.key] = error
        found = self._derivatives[run.key]
        if isinstance(found, Unsupported):
            raise found
        return found

    def forget(self, case: Case) -> None:
        """Drop the operation counts of this case, and what was read."""
        self._operations.forget(case)
        self._derivatives = {k: d for k, d in self._derivatives.items() if k[0] is not case}


class _Run:
    """A program of a case, ready to be transformed at points."""

    def __init__(
        self, case: Case, program: str, quantity: Quantity, fmt: Format, device: str, where: str
    ) -> None:
        self.case, self.quantity, self.fmt, self.where = case, quantity, fmt, where
        self.function = case.program_for(program, "torch")
        self.xp = namespace(fmt.name, device)
        v, w = direction_arrays(case, quantity, fmt.dtype)
        self.seeds = tuple(map(self.xp.asarray, v)), self.xp.asarray(w)

    @property
    def key(self) -> Key:
        return (self.case, self.function, self.quantity, self.fmt.name)

    def __call__(self, transform: Callable[..., Any], point: Point) -> Any:
        inputs = {
            name: self.xp.asarray(array)
            for name, array in inputs_at(self.case, point, self.fmt).items()
        }
        return self._transformed(transform, inputs)

    def on_arrays(self, names: Sequence[str]) -> Callable[..., Any]:
        """Return the quantity as a function of tensors, one for each input by name."""
        transform = TRANSFORMS[self.quantity.kind]
        return lambda *tensors: self._transformed(transform, dict(zip(names, tensors, strict=True)))

    def _transformed(self, transform: Callable[..., Any], inputs: dict[str, Any]) -> Any:
        def of_wrt(*x: Any) -> Any:
            output = self.xp.asarray(self.function(self.xp, **{**inputs, **named(self.case, x)}))
            require(str(output.dtype), f"torch.{self.fmt.name}", self.where)
            return output

        return transform(of_wrt, tuple(inputs[name] for name in self.case.wrt), *self.seeds)

    def count(self, point: Point) -> int:
        """Return the operations of one component."""
        return count_operations(lambda: self(ONE_COMPONENT[self.quantity.kind], point))


def _arrays(result: Any) -> Any:
    if isinstance(result, tuple):
        return tuple(map(_arrays, result))
    return result.detach().cpu().numpy()


@contextmanager
def _explained(*, shared: bool) -> Iterator[None]:
    own = torch.linalg.LinAlgError
    with (
        refusals("torch", "a derivative", _REFUSALS, passed=own, shared=shared),
        warnings.catch_warnings(),
    ):
        # What torch deprecates of itself is none of the program's business.
        warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"torch\b")
        yield
