"""Our engine as a backend: eager on the CPU, and in exact semantics on balls."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

import numpy as np
from flint import arb

from diffcheck import engine
from diffcheck.backends.base import (
    Evaluation,
    MissingFunctionError,
    Reading,
    Unsupported,
    places_of,
)
from diffcheck.backends.blocks import inputs_at
from diffcheck.backends.counts import OperationCounts
from diffcheck.backends.engine_namespace import namespace
from diffcheck.backends.engine_reader import read
from diffcheck.backends.engine_transforms import ONE_COMPONENT, TRANSFORMS
from diffcheck.backends.literals import with_rounded_literals
from diffcheck.backends.pointwise import at_points, direction_arrays, flatten, named, require
from diffcheck.balls import precision
from diffcheck.case import Case, Point, Quantity
from diffcheck.case.quantities import Kind
from diffcheck.engine.ball_trace import lift
from diffcheck.engine.tensor import base
from diffcheck.floats import Format

Arrays = dict[str, Any]


class EngineBackend:
    """Computes quantities point by point; the same rules run on balls."""

    name: Final = "engine"
    flushes_subnormals: Final = False
    has_rules: Final = True
    derived: Final[frozenset[Kind]] = frozenset()  # each op has a JVP rule of its own

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

        Raises `Unsupported` where the engine lacks a function or a rule, `BackendError` where the
        program changes the dtype.
        """
        where = f"{case.name}, program {program!r}, {quantity.kind}, engine {mode} on {device}"
        f = _program(case, program, fmt.dtype, where)
        seeds = direction_arrays(case, quantity, fmt.dtype)

        def one(point: Point) -> Any:
            return _apply(TRANSFORMS[quantity.kind], f, case, inputs_at(case, point, fmt), seeds)

        def count(point: Point) -> int:
            inputs = inputs_at(case, point, fmt)

            def component(*x: Any) -> Any:
                changed = {**inputs, **named(case, x)}
                return _apply(ONE_COMPONENT[quantity.kind], f, case, changed, seeds)

            return engine.count_operations(component, *(inputs[name] for name in case.wrt))

        with _explained(), np.errstate(all="ignore"):
            values = at_points(one, points, case, quantity, fmt, where)
            key = (case, case.program_for(program, "engine"), quantity, fmt.name)
            operations = self._operations.of(key, points, count)
        require(values.dtype, fmt.dtype, where)
        return Evaluation(values=values, operations=operations)

    def enclose(
        self, case: Case, program: str, quantity: Quantity, point: Point, *, fmt: Format, bits: int
    ) -> list[arb]:
        """Return balls of the program's derivative in exact real arithmetic, flat, in C order.

        The very same transform runs on exact balls of the point's coordinates. Literals that are
        not short carry the rounding of `fmt`; where that alone makes a long program's ball infinite
        (an interval for a variance that reaches 0), the radius is to first order in the rounding.
        Raises `Unsupported` where an operation has no ball form, `balls.Undecided` where a branch
        cannot be decided at `bits` bits.
        """
        return with_rounded_literals(
            partial(self._enclose, case, program, quantity, point, fmt, bits), fmt.unit_roundoff
        )

    def read(
        self, case: Case, program: str, quantity: Quantity, point: Point, *, fmt: Format
    ) -> Reading:
        """Return the derivative as a program: what the tape and its sweep do at this point.

        Raises `Unsupported` where the engine lacks a function or a rule, or where a transform
        arranges its results outside of the engine's own operations.
        """
        where = f"{case.name}, program {program!r}, {quantity.kind}, engine"
        f = _program(case, program, fmt.dtype, where)
        seeds = direction_arrays(case, quantity, fmt.dtype)
        text = case.program_for(program, "engine")
        file = getattr(text, "file", "") or text.__code__.co_filename

        def derivative(inputs: Arrays) -> Any:
            return _apply(TRANSFORMS[quantity.kind], f, case, inputs, seeds)

        with _explained():
            found, inputs, tree = read(derivative, inputs_at(case, point, fmt), file)
        positions = flatten(tree, case, quantity, where).reshape(-1)
        return Reading(
            program=found.program,
            inputs=inputs,
            places=places_of(positions, found.sizes),
            names=tuple(inputs_at(case, point, fmt)),
        )

    def _enclose(
        self,
        case: Case,
        program: str,
        quantity: Quantity,
        point: Point,
        fmt: Format,
        bits: int,
        roundoff: float,
    ) -> list[arb]:
        where = f"{case.name}, program {program!r}, {quantity.kind}, engine on balls"
        f = _program(case, program, np.dtype(object), where)
        coordinates = inputs_at(case, point, fmt)
        inputs = {name: engine.ball_array(array) for name, array in coordinates.items()}
        v, w = direction_arrays(case, quantity, np.dtype(np.float64))
        seeds = tuple(engine.ball_array(part) for part in v), engine.ball_array(w)
        with (
            precision(bits),
            engine.literal_rounding(roundoff, float(fmt.smallest_normal)),
            np.errstate(all="ignore"),
            _explained(),
        ):
            result = _apply(TRANSFORMS[quantity.kind], f, case, inputs, seeds)
            # What does not depend on the inputs has met no ball.
            return list(engine.ball_array(flatten(result, case, quantity, where)).reshape(-1))

    def forget(self, case: Case) -> None:
        """Drop the operation counts of this case."""
        self._operations.forget(case)


def _program(case: Case, program: str, dtype: np.dtype[Any], where: str) -> Callable[[Arrays], Any]:
    """Return the program as a function of its inputs by name that asserts the output's dtype."""
    function = case.program_for(program, "engine")
    literals = np.dtype(np.float64) if dtype.kind == "O" else dtype
    xp = namespace(literals)

    def run(inputs: Arrays) -> Any:
        output = function(xp, **inputs)
        if not isinstance(output, engine.Tensor):
            output = xp.asarray(output)
        if dtype.kind != "O":
            require(base(output).dtype, dtype, where)
        return output

    return run


def _apply(
    transform: Any, f: Callable[[Arrays], Any], case: Case, inputs: Arrays, seeds: tuple[Any, Any]
) -> Any:
    """Run a transform on the `wrt` inputs; the others are data, held fixed."""
    data = {name: lift(value) for name, value in inputs.items() if name not in case.wrt}

    def of_wrt(*x: Any) -> Any:
        return f({**data, **named(case, x)})

    return transform(of_wrt, tuple(inputs[name] for name in case.wrt), *seeds)


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what the engine lacks into `Unsupported`."""
    try:
        yield
    except MissingFunctionError as error:
        raise Unsupported(str(error)) from error
    except NotImplementedError as error:
        raise Unsupported(f"the engine lacks a rule: {error}") from error
