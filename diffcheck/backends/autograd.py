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
from diffcheck.backends.base import BackendError, Evaluation, MissingFunctionError, Unsupported
from diffcheck.backends.blocks import Arrays, inputs_at
from diffcheck.backends.pointwise import direction_arrays, flatten, named, require
from diffcheck.case import Case, Point, Quantity
from diffcheck.case.quantities import Kind
from diffcheck.floats import Format

Key = tuple[Case, Any, Quantity, str]
# A shared program has run on the engine: where autograd refuses it, autograd lacks something.
_REFUSALS: Final = (AttributeError, IndexError, TypeError, ValueError)


class AutogradBackend:
    """Computes quantities point by point."""

    name: Final = "autograd"
    flushes_subnormals: Final = False
    has_rules: Final = True
    derived: Final[frozenset[Kind]] = frozenset()  # forward mode has rules of its own

    def __init__(self) -> None:
        self._operations: dict[Key, int] = {}

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
        found = [np.empty((0, *quantity.shape), dtype=fmt.dtype)]
        with (
            np.errstate(all="ignore"),
            _explained(shared=program not in case.backend_programs.get("autograd", {})),
        ):
            for point in points:
                result = run(TRANSFORMS[quantity.kind], inputs_at(case, point, fmt))
                found.append(flatten(result, case, quantity, where)[None])
            operations = self._count(run, points)
        values = np.concatenate(found)
        if values.dtype != fmt.dtype:
            raise Unsupported(f"autograd answers in {values.dtype} where {fmt.name} was asked")
        return Evaluation(values=values, operations=operations)

    def forget(self, case: Case) -> None:
        """Drop the operation counts of this case."""
        self._operations = {k: n for k, n in self._operations.items() if k[0] is not case}

    def _count(self, run: _Run, points: Sequence[Point]) -> int:
        if run.key not in self._operations and points:
            inputs = inputs_at(run.case, points[0], run.fmt)
            component = ONE_COMPONENT[run.quantity.kind]

            def of_inputs(x: Any) -> Any:
                changed = [x[i] for i in range(len(run.case.wrt))]
                return run(component, {**inputs, **named(run.case, changed)})

            x = tuple(inputs[name] for name in run.case.wrt)
            self._operations[run.key] = count_operations(of_inputs, x)
        return self._operations.get(run.key, 0)


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


@contextmanager
def _explained(*, shared: bool) -> Iterator[None]:
    """Turn what autograd lacks into `Unsupported`; a program written for it may just fail."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Output seems independent of input")
        try:
            yield
        except MissingFunctionError as error:
            raise Unsupported(str(error)) from error
        except NotImplementedError as error:
            raise Unsupported(f"autograd lacks a rule: {_first_line(error)}") from error
        except (BackendError, np.linalg.LinAlgError):
            raise
        except _REFUSALS as error:
            if not shared:
                raise
            text = f"{type(error).__name__}: {_first_line(error)}"
            raise Unsupported(f"autograd cannot run this program: {text}") from error


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
