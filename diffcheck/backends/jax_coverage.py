"""Which JAX primitives the gradients of functions contain, and which of them have an exact form."""

from __future__ import annotations

import inspect
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from itertools import islice
from typing import Any, Final

import jax
import jax.numpy as jnp
import numpy as np

from diffcheck.backends.base import Unsupported
from diffcheck.backends.jax import JaxBackend
from diffcheck.backends.jax_reader import read
from diffcheck.case import Case, points, quantities_of
from diffcheck.floats import FORMATS
from diffcheck.programs import Program, operations

MODULES: Final = ("jax.nn", "jax.numpy", "jax.numpy.linalg", "jax.scipy.special")

_X: Final = np.array(0.3)
_V: Final = np.array([0.3, 0.7, 0.45])
_A: Final = np.array([[2.0, 0.3, 0.1], [0.2, 1.5, 0.4], [0.1, 0.2, 1.25]])
_I: Final = np.array([0, 2, 1])
# Arguments that public functions take; each function is tried with one after another.
ARGUMENTS: Final[tuple[tuple[Any, ...], ...]] = (
    (_A,), (_V,), (_X,), (_A, _V), (_V, _V), (_V, 1), (_A, 1), (_A, 0, 1), (2, _V), (_V, _I),
    (_A, _I[:, None], 1), (_V > 0.4, _V, 2 * _V), (_V, _V, _V), (_V, 0.25, 0.5), (_V, (5,)),
    (_A, (9,)), (_V, 2, 0), ("ij,j->i", _A, _V), ((_A, _A),), ((_V, _V),), (_A, (0,)),
    (_I, [_V, _V, _V]), (_V, _V, _V, _V), (1.5, 2.5, _V), (_A[None, None],) * 3,
)  # fmt: skip

# NumPy's own, which write or read files, or change how numbers print.
WITH_EFFECTS: Final = frozenset(
    ("fromfile", "load", "save", "savez", "set_printoptions", "printoptions")
)

ENOUGH: Final = 2  # examples of one function

Coverage = dict[str, set[str]]  # operation, or the reason why it has no exact form -> where


def of_programs(programs: Iterable[tuple[str, Program]]) -> tuple[Coverage, Coverage]:
    """Return the operations that have an exact form, and what has none, with where they occur."""
    covered: Coverage = defaultdict(set)
    missing: Coverage = defaultdict(set)
    for name, program in programs:
        for step in operations(program):
            if step.exact is not None:
                covered[step.name].add(name)
            else:
                missing[step.reason or step.name].add(name)
    return dict(covered), dict(missing)


def programs_of_cases(
    cases: Iterable[Case], shapes: Callable[[Case], tuple[int, int]]
) -> Iterator[tuple[str, Program]]:
    """Yield what JAX makes of each case's quantities, in both formats; `shapes` gives m and n."""
    backend = JaxBackend()
    for case in cases:
        m, n = shapes(case)
        for fmt in (FORMATS["float32"], FORMATS["float64"]):
            at = points(case, fmt, 1, 0)[0]
            for quantity in quantities_of(m, n, case.orders):
                for program in case.programs:
                    try:
                        yield case.name, backend.read(case, program, quantity, at, fmt=fmt).program
                    except Unsupported:
                        continue
        backend.forget(case)


def programs_of_functions(names: Iterable[str] = MODULES) -> Iterator[tuple[str, Program]]:
    """Yield the gradients of a module's public functions at arguments that each one takes."""
    for name in names:
        module = import_module(name)
        for attribute in sorted(vars(module)):
            function = getattr(module, attribute)
            if attribute.startswith("_") or attribute in WITH_EFFECTS:
                continue
            if inspect.isclass(function) or not callable(function):
                continue
            with jax.enable_x64(True):
                yield from ((f"{name}.{attribute}", p) for p in _gradients(function))


def _gradients(function: Callable[..., Any]) -> Iterator[Program]:
    """Yield the gradients at the first `ENOUGH` arguments that the function takes."""
    found = (jaxpr for arguments in ARGUMENTS if (jaxpr := _traced(function, arguments)))
    yield from map(read, islice(found, ENOUGH))


def _traced(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    """Return the jaxpr of a gradient in all float arrays, None where these are no arguments."""
    leaves, tree = jax.tree.flatten(arguments)
    floats = [i for i, x in enumerate(leaves) if getattr(x, "dtype", None) == np.float64]

    def total(*changed: Any) -> Any:
        new = dict(enumerate(leaves)) | dict(zip(floats, changed, strict=True))
        results = jax.tree.leaves(function(*jax.tree.unflatten(tree, new.values())))
        kept = [y for y in results if jnp.issubdtype(y.dtype, jnp.inexact)]
        return sum(jnp.sum(jnp.real(y * y)) for y in kept)

    gradient = jax.grad(total, argnums=tuple(range(len(floats))))
    try:
        with warnings.catch_warnings(action="ignore"):
            return jax.make_jaxpr(gradient)(*(leaves[i] for i in floats))
    except Exception:  # noqa: BLE001 - whatever a function says of arguments that are not its own
        return None


def table(covered: Mapping[str, set[str]], missing: Mapping[str, set[str]]) -> str:
    """Return the table of coverage as text: an operation, how often it occurs, where first."""
    lines = [f"{'operation':34} {'exact':6} {'in':>5}  for example"]
    for state, found in (("no", missing), ("yes", covered)):
        lines += [
            f"{name:34} {state:6} {len(found[name]):5}  {min(found[name])}"
            for name in sorted(found)
        ]
    lines.append(f"{len(covered)} operations with an exact form, {len(missing)} gaps")
    return "\n".join(lines)
