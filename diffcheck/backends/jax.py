"""JAX as a backend: eager and jit, on every device of every platform present."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, Final

import jax
import numpy as np
from flint import arb
from jax.dtypes import TypePromotionError
from numpy.typing import NDArray

from diffcheck.backends.base import (
    BackendError,
    Evaluation,
    MissingFunctionError,
    Reading,
    Unsupported,
    places_of,
)
from diffcheck.backends.blocks import block_length, blocks, inputs_at, join, split
from diffcheck.backends.counts import Key, OperationCounts
from diffcheck.backends.forms import DEPTHS, leading_axes
from diffcheck.backends.jax_calls import has_custom_vjp, needs_its_branch
from diffcheck.backends.jax_namespace import namespace
from diffcheck.backends.jax_operations import count_operations
from diffcheck.backends.jax_reader import read
from diffcheck.backends.jax_sources import Context
from diffcheck.backends.jax_transforms import TRANSFORMS, Transform, column
from diffcheck.backends.literals import (
    holds_zeros,
    with_lost_literals,
    with_rounded_literals,
)
from diffcheck.case import Case, Point, Quantity
from diffcheck.case.quantities import Kind, directions
from diffcheck.floats import FORMATS, Format
from diffcheck.programs import MissingFormError, Program, enclose

PLATFORMS: Final = ("cpu", "gpu", "tpu")
WIDE: Final = FORMATS["float64"]
HIGHEST: Final = "+highest"  # suffix of the modes that ask for full matmul precision
_NO_REVERSE: Final = "Reverse-mode differentiation does not work"
_NO_RULE_IN: Final = re.compile(r"gradient with respect to .* not supported")
_CANNOT_TRACE: Final = (jax.errors.JAXTypeError, jax.errors.JAXIndexError, NotImplementedError)


def devices_by_name() -> dict[str, jax.Device]:
    """Return every device of every platform present, as `cpu:0`, `gpu:1`."""
    found: dict[str, jax.Device] = {}
    for platform in PLATFORMS:
        try:
            present = jax.devices(platform)
        except RuntimeError:  # JAX's answer for a platform that is not there
            continue
        found |= {f"{platform}:{i}": device for i, device in enumerate(present)}
    return found


@contextmanager
def _settings(device: jax.Device, mode: str) -> Iterator[None]:
    """Fix, for this thread and block only, every JAX setting that a result depends on."""
    with ExitStack() as stack:
        for setting in (
            jax.enable_x64(True),
            jax.numpy_dtype_promotion("strict"),
            jax.numpy_rank_promotion("allow"),
            jax.debug_nans(False),
            jax.default_matmul_precision("highest" if mode.endswith(HIGHEST) else None),
            jax.default_device(device),
        ):
            stack.enter_context(setting)
        yield


class JaxBackend:
    """Computes quantities by vmap over blocks of points, jitted or not.

    Point by point where a branch of JAX's own goes on for hours at the points of another: `vmap`
    runs all branches, each to its end.
    """

    name: Final = "jax"
    flushes_subnormals: Final = True  # XLA does, on the CPU in most arithmetic
    has_rules: Final = True
    derived: Final[frozenset[Kind]] = frozenset({"jvp"})  # reverse mode transposes the JVP rules

    def __init__(self) -> None:
        self._functions: dict[tuple[Key, str], Callable[..., Any]] = {}
        self._operations = OperationCounts()
        self._programs: dict[tuple[Any, ...], tuple[Program, Any]] = {}

    def devices(self) -> tuple[str, ...]:
        """Return the devices present, as `cpu:0`, `gpu:0`."""
        return tuple(devices_by_name())

    def modes(self, device: str) -> tuple[str, ...]:
        """Return `eager` and `jit`; off the CPU, `+highest` matmul precision too."""
        plain = ("eager", "jit")
        if device.startswith("cpu"):
            return plain
        return plain + tuple(mode + HIGHEST for mode in plain)

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

        Raises `Unsupported` where JAX lacks a function or cannot trace the program, `BackendError`
        where the program changes the dtype or the result sits elsewhere.
        """
        target = _device(device)
        where = f"{case.name}, program {program!r}, {quantity.kind}, jax {mode} on {device}"
        with _settings(target, mode), _explained(where):
            values = self._values(case, program, quantity, points, fmt, mode, target, where)
            operations = self._count(case, program, quantity, points, fmt)
        return Evaluation(values=values, operations=operations)

    def enclose(
        self, case: Case, program: str, quantity: Quantity, point: Point, *, fmt: Format, bits: int
    ) -> list[arb]:
        """Return balls of the program's derivative in exact real arithmetic, flat, in C order.

        The jaxpr of the derivative runs on exact balls of the point's coordinates. Literals that
        are not short carry the rounding of `fmt`. Raises `Unsupported` where a primitive has no
        exact form, `balls.Undecided` where a branch cannot be decided at `bits` bits.
        """
        return self._enclosed(case, program, quantity, point, fmt, bits, literally=False)

    def enclose_as_written(
        self, case: Case, program: str, quantity: Quantity, point: Point, *, fmt: Format, bits: int
    ) -> list[arb]:
        """Return what `enclose` does, of JAX's approximations what their formulas give exactly.

        Where those differ from the truth no rule is wrong; where rounding alone made the difference
        they show it. Raises as `enclose`.
        """
        return self._enclosed(case, program, quantity, point, fmt, bits, literally=True)

    def _enclosed(
        self,
        case: Case,
        program: str,
        quantity: Quantity,
        point: Point,
        fmt: Format,
        bits: int,
        *,
        literally: bool,
    ) -> list[arb]:
        where = f"{case.name}, program {program!r}, {quantity.kind}, jax on balls"
        with _settings(devices_by_name()["cpu:0"], "eager"), _explained(where):
            derivative, shapes = self._read(
                case, program, quantity, point, fmt, literally=literally
            )
            arguments = jax.tree.leaves(_arguments(case, quantity, point, fmt))

            def balls(roundoff: float) -> list[arb]:
                leaves = enclose(
                    derivative,
                    arguments,
                    bits=bits,
                    literal_rounding=roundoff,
                    smallest_normal=float(fmt.smallest_normal),
                )
                result = jax.tree.unflatten(jax.tree.structure(shapes), leaves)
                return list(self._joined(result, case, quantity))

            try:
                return with_rounded_literals(balls, fmt.unit_roundoff)
            except MissingFormError as error:
                raise Unsupported(str(error)) from error

    def read(
        self, case: Case, program: str, quantity: Quantity, point: Point, *, fmt: Format
    ) -> Reading:
        """Return the program's derivative as a program of operations.

        Raises `Unsupported` where JAX lacks a function or cannot trace the program.
        """
        where = f"{case.name}, program {program!r}, {quantity.kind}, jax"
        with _settings(devices_by_name()["cpu:0"], "eager"), _explained(where):
            derivative, shapes = self._read(case, program, quantity, point, fmt)
            inputs = jax.tree.leaves(_arguments(case, quantity, point, fmt))
        leaves, tree = jax.tree.flatten(shapes)
        sizes = [leaf.size for leaf in leaves]
        cut = np.split(np.arange(sum(sizes)), np.cumsum(sizes)[:-1])
        counted = [part.reshape(leaf.shape) for part, leaf in zip(cut, leaves, strict=True)]
        positions = self._joined(jax.tree.unflatten(tree, counted), case, quantity)
        return Reading(
            program=derivative,
            inputs=inputs,
            places=places_of(positions, sizes),
            names=tuple(sorted(case.inputs)),  # as JAX flattens a dictionary
        )

    def written_by_hand(self, case: Case, program: str, point: Point, fmt: Format) -> bool:
        """Whether a program calls a `custom_vjp`; raises `Unsupported` as `evaluate`."""
        where = f"{case.name}, program {program!r}, jax"
        with _settings(devices_by_name()["cpu:0"], "eager"), _explained(where):
            return has_custom_vjp(_value_jaxpr(case, program, point, fmt))

    @staticmethod
    def _joined(result: Any, case: Case, quantity: Quantity) -> NDArray[Any]:
        """Return a result at one point as the quantity's components, flat."""
        sizes = [case.inputs[name].size for name in case.wrt]
        return join(result, leading_axes(quantity), sizes, DEPTHS[quantity.kind]).reshape(-1)

    def forget(self, case: Case) -> None:
        """Drop whatever was compiled or read for this case."""
        self._functions = {k: f for k, f in self._functions.items() if k[0][0] is not case}
        self._operations.forget(case)
        self._programs = {k: p for k, p in self._programs.items() if k[0] is not case}

    def _read(
        self,
        case: Case,
        program: str,
        quantity: Quantity,
        point: Point,
        fmt: Format,
        *,
        literally: bool = False,
    ) -> tuple[Program, Any]:
        """Return the derivative as a program, with the shapes of its outputs."""
        key = (*_key(case, program, quantity, fmt), literally)
        if key not in self._programs:
            single = _single(case, program, fmt, TRANSFORMS[quantity.kind])
            arguments = _arguments(case, quantity, point, fmt)
            jaxpr, shapes = jax.make_jaxpr(single, return_shape=True)(*arguments)
            found = read(jaxpr, Context(literally=literally))
            if fmt.precision < WIDE.precision and holds_zeros(found):
                found = _with_lost_literals(found, case, program, quantity, point)
            self._programs[key] = found, shapes
        return self._programs[key]

    def _values(
        self,
        case: Case,
        program: str,
        quantity: Quantity,
        points: Sequence[Point],
        fmt: Format,
        mode: str,
        device: jax.Device,
        where: str,
    ) -> NDArray[Any]:
        eager = not mode.startswith("jit")
        if eager and quantity.kind == "hessian":
            # jax.hessian carries all columns as one more axis; eagerly every operation would then
            # compile anew. One by one, they use what the gradient has compiled already.
            run = self._function(case, program, quantity, points[:1], fmt, mode, column)
            jacobian = Quantity("jacobian", quantity.m, quantity.n)
            columns = [
                self._run(run, case, jacobian, points, fmt, device, where, unit, eager=eager)
                for unit in np.eye(quantity.n)
            ]
            return np.stack(columns, axis=-1)
        transform = TRANSFORMS[quantity.kind]
        run = self._function(case, program, quantity, points[:1], fmt, mode, transform)
        v, _ = directions(case.name, quantity.m, quantity.n)
        return self._run(run, case, quantity, points, fmt, device, where, v, eager=eager)

    def _run(
        self,
        run: Callable[..., Any],
        case: Case,
        quantity: Quantity,
        points: Sequence[Point],
        fmt: Format,
        device: jax.Device,
        where: str,
        v: NDArray[np.float64],
        *,
        eager: bool,
    ) -> NDArray[Any]:
        length = block_length(case, quantity)
        direction: Any = (split(v, case, fmt.dtype), _cotangent(case, quantity, fmt))
        if eager:  # in the shape of the points, so that fewer operations compile
            direction = jax.tree.map(lambda a: np.broadcast_to(a, (length, *a.shape)), direction)
        found = [np.empty((0, *quantity.shape), dtype=fmt.dtype)]
        for arrays, count in blocks(case, points, fmt, length):
            result = run(*jax.device_put((arrays, *direction), device))
            for leaf in jax.tree.leaves(result):
                _check(leaf, fmt, device, where)
            found.append(_flatten(result, case, quantity, where)[:count])
        return np.concatenate(found)

    def _function(
        self,
        case: Case,
        program: str,
        quantity: Quantity,
        first: Sequence[Point],
        fmt: Format,
        mode: str,
        transform: Transform,
    ) -> Callable[..., Any]:
        key = (_key(case, program, quantity, fmt), mode)
        if key not in self._functions:
            single = _single(case, program, fmt, transform)
            alone = any(_one_by_one(case, program, point, fmt) for point in first)
            if mode.startswith("jit"):
                over = _mapped if alone else partial(jax.vmap, in_axes=(0, None, None))
                self._functions[key] = jax.jit(over(single))
            else:
                self._functions[key] = _looped(single) if alone else jax.vmap(single)
        return self._functions[key]

    def _count(
        self, case: Case, program: str, quantity: Quantity, points: Sequence[Point], fmt: Format
    ) -> int:
        def count(point: Point) -> int:
            single = _single(case, program, fmt, TRANSFORMS[quantity.kind])
            jaxpr = jax.make_jaxpr(single)(*_arguments(case, quantity, point, fmt))
            return count_operations(jaxpr.jaxpr)

        return self._operations.of(_key(case, program, quantity, fmt), points, count)


def _one_by_one(case: Case, program: str, point: Point, fmt: Format) -> bool:
    """Whether `vmap` would run branches that a single point does not take, and that may not end."""
    return needs_its_branch(_value_jaxpr(case, program, point, fmt))


def _value_jaxpr(case: Case, program: str, point: Point, fmt: Format) -> Any:
    single = _single(case, program, fmt, TRANSFORMS["value"])
    return jax.make_jaxpr(single)(inputs_at(case, point, fmt), (), ()).jaxpr  # no directions


def _mapped(single: Callable[..., Any]) -> Callable[..., Any]:
    """Return what computes point by point inside of one compiled loop."""
    return lambda inputs, v, w: jax.lax.map(lambda at: single(at, v, w), inputs)


def _looped(single: Callable[..., Any]) -> Callable[..., Any]:
    """Return what computes point by point, a call for each."""

    def run(*stacked: Any) -> Any:
        length = len(jax.tree.leaves(stacked)[0])
        rows = [single(*jax.tree.map(lambda a: a[i], stacked)) for i in range(length)]  # noqa: B023 - used at once
        return jax.tree.map(lambda *leaves: jax.numpy.stack(leaves), *rows)

    return run


def _with_lost_literals(
    narrow: Program, case: Case, program: str, quantity: Quantity, point: Point
) -> Program:
    """Return the program with the literals that became 0 in its format as they were written.

    They are read from a trace in float64; where that is another program, nothing is replaced.
    """
    single = _single(case, program, WIDE, TRANSFORMS[quantity.kind])
    try:
        wide = read(jax.make_jaxpr(single)(*_arguments(case, quantity, point, WIDE)))
    except Exception:  # noqa: BLE001 - a user's program may raise anything in another format
        return narrow
    return with_lost_literals(narrow, wide)


def _device(name: str) -> jax.Device:
    present = devices_by_name()
    if name not in present:
        raise BackendError(f"there is no device {name!r}; present are {', '.join(present)}")
    return present[name]


def _key(case: Case, program: str, quantity: Quantity, fmt: Format) -> Key:
    return (case, case.program_for(program, "jax"), quantity, fmt.name)


def _arguments(
    case: Case, quantity: Quantity, point: Point, fmt: Format
) -> tuple[dict[str, NDArray[Any]], tuple[NDArray[Any], ...], NDArray[Any]]:
    """Return what `_single`'s function takes: the inputs at a point, v and w."""
    v, w = directions(case.name, quantity.m, quantity.n)
    return inputs_at(case, point, fmt), split(v, case, fmt.dtype), w.astype(fmt.dtype)


def _cotangent(case: Case, quantity: Quantity, fmt: Format) -> NDArray[Any]:
    return directions(case.name, quantity.m, quantity.n)[1].astype(fmt.dtype)


def _single(case: Case, program: str, fmt: Format, transform: Transform) -> Callable[..., Any]:
    """Return the transform at one point as a function of all inputs by name, v and w.

    The directions are arguments, not constants: a compiler folds constants away.
    """
    function = case.program_for(program, "jax")
    xp = namespace(fmt.name)

    def quantity_at(inputs: dict[str, Any], v: tuple[Any, ...], w: Any) -> Any:
        def f(x: tuple[Any, ...]) -> Any:
            return function(xp, **{**inputs, **dict(zip(case.wrt, x, strict=True))})

        x = tuple(inputs[name] for name in case.wrt)
        return transform(f, x, v, w)

    return quantity_at


@contextmanager
def _explained(where: str) -> Iterator[None]:
    """Turn JAX's refusals into `Unsupported`, and a promotion into `BackendError`."""
    try:
        yield
    except MissingFunctionError as error:
        raise Unsupported(str(error)) from error
    except _CANNOT_TRACE as error:
        reason = str(error).partition("\n")[0]
        raise Unsupported(f"JAX cannot trace or differentiate this program: {reason}") from error
    except TypePromotionError as error:
        reason = str(error).partition("\n")[0]
        raise BackendError(f"{where}: the program mixes dtypes: {reason}") from error
    except ValueError as error:
        # JAX has no class of its own for reverse mode over a loop of unknown length, nor for a
        # rule in some of the arguments alone, as of betainc.
        if str(error).startswith(_NO_REVERSE):
            raise Unsupported(f"{_NO_REVERSE} for a while loop") from error
        if not _NO_RULE_IN.search(str(error)):
            raise
        raise Unsupported(f"JAX refuses: {error}") from error
    except TypeError as error:
        # Nor for forward mode over a `custom_vjp`.
        if "custom_vjp" not in str(error):
            raise
        raise Unsupported("JAX has no forward mode for a custom_vjp function") from error


def _check(leaf: jax.Array, fmt: Format, device: jax.Device, where: str) -> None:
    if leaf.dtype != fmt.dtype:
        raise BackendError(f"{where}: expected {fmt.name}, got {leaf.dtype}")
    if leaf.devices() != {device}:
        raise BackendError(f"{where}: expected a result on {device}, got {leaf.devices()}")


def _flatten(result: Any, case: Case, quantity: Quantity, where: str) -> NDArray[Any]:
    sizes = [case.inputs[name].size for name in case.wrt]
    leaves = jax.tree.leaves(result)
    lead = (leaves[0].shape[0], *leading_axes(quantity))
    got, expected = sum(leaf.size for leaf in leaves), lead[0] * quantity.size
    if got != expected:
        raise BackendError(f"{where}: expected {expected} numbers of a block, got {got}")
    return join(result, lead, sizes, DEPTHS[quantity.kind])
