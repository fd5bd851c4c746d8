"""PyTorch as a guest: eager, point by point, on the CPU and every CUDA device present."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
import torch

from diffcheck.backends.base import BackendError, Evaluation, MissingFunctionError, Unsupported
from diffcheck.backends.blocks import inputs_at
from diffcheck.backends.pointwise import direction_arrays, flatten, named, require
from diffcheck.backends.torch_namespace import namespace
from diffcheck.backends.torch_operations import count_operations
from diffcheck.backends.torch_transforms import ONE_COMPONENT, TRANSFORMS
from diffcheck.case import Case, Point, Quantity
from diffcheck.case.quantities import Kind
from diffcheck.floats import Format

Key = tuple[Case, Any, Quantity, str]
Arrays = dict[str, Any]
# A shared program has run on the engine: where torch refuses it, torch lacks something.
_REFUSALS: Final = (AttributeError, IndexError, RuntimeError, TypeError, ValueError)


class TorchBackend:
    """Computes quantities point by point."""

    name: Final = "torch"
    flushes_subnormals: Final = False  # unless asked: torch.set_flush_denormal
    has_rules: Final = True
    derived: Final[frozenset[Kind]] = frozenset()  # forward mode has formulas of its own

    def __init__(self) -> None:
        self._operations: dict[Key, int] = {}

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
        found = [np.empty((0, *quantity.shape), dtype=fmt.dtype)]
        with _explained(shared=program not in case.backend_programs.get("torch", {})):
            for point in points:
                result = run(TRANSFORMS[quantity.kind], point)
                found.append(flatten(_arrays(result), case, quantity, where)[None])
            operations = self._count(run, points)
        values = np.concatenate(found)
        require(values.dtype, fmt.dtype, where)
        return Evaluation(values=values, operations=operations)

    def forget(self, case: Case) -> None:
        """Drop the operation counts of this case."""
        self._operations = {k: n for k, n in self._operations.items() if k[0] is not case}

    def _count(self, run: _Run, points: Sequence[Point]) -> int:
        if run.key not in self._operations and points:
            component = ONE_COMPONENT[run.quantity.kind]
            self._operations[run.key] = count_operations(lambda: run(component, points[0]))
        return self._operations.get(run.key, 0)


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

        def of_wrt(*x: Any) -> Any:
            output = self.xp.asarray(self.function(self.xp, **{**inputs, **named(self.case, x)}))
            require(str(output.dtype), f"torch.{self.fmt.name}", self.where)
            return output

        return transform(of_wrt, tuple(inputs[name] for name in self.case.wrt), *self.seeds)


def _arrays(result: Any) -> Any:
    if isinstance(result, tuple):
        return tuple(map(_arrays, result))
    return result.detach().cpu().numpy()


@contextmanager
def _explained(*, shared: bool) -> Iterator[None]:
    """Turn what torch lacks into `Unsupported`; a program written for torch may just fail."""
    try:
        with warnings.catch_warnings():
            # What torch deprecates of itself is none of the program's business.
            warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"torch\b")
            yield
    except MissingFunctionError as error:
        raise Unsupported(str(error)) from error
    except NotImplementedError as error:
        raise Unsupported(f"torch lacks a derivative: {_first_line(error)}") from error
    except (BackendError, torch.linalg.LinAlgError):
        raise
    except _REFUSALS as error:
        if not shared:
            raise
        name = type(error).__name__
        raise Unsupported(f"torch cannot run this program: {name}: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
