"""`check`: a function that is already written, judged as a case is."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

from diffcheck.backends import Unsupported, engine_functions, jax_functions
from diffcheck.backends.adapted import Adapted
from diffcheck.case import Case, CaseError, real
from diffcheck.case.quantities import Kind
from diffcheck.functions.lines import line
from diffcheck.judge import Measurement
from diffcheck.judge.failures import rank
from diffcheck.judge.words import MEANINGS
from diffcheck.run import Options
from diffcheck.run.context import CaseContext
from diffcheck.run.measure import measure
from diffcheck.run.plan import Presence, plan
from diffcheck.run.worker import probe

MOST_LINES: Final = 12
ADAPT: Final = {"jax": jax_functions.adapt, "engine": engine_functions.adapt}
MANY: Final = 512  # inputs; more are verified along directions
DIRECTIONS: Final = 2
DTYPES: Final = ("float32", "float64")


@dataclass(frozen=True, slots=True)
class Checked:
    """The measurements of a check, worst first; its text has a line for each failure, and counts.

    `ok` says that something of first order or above was measured, and that nothing failed.
    """

    name: str
    measurements: tuple[Measurement, ...]

    @property
    def failures(self) -> tuple[Measurement, ...]:
        """What fails, worst first."""
        return tuple(m for m in self.measurements if m.fails)

    @property
    def ok(self) -> bool:
        measured = any(m.order > 0 and m.computed is not None for m in self.measurements)
        return measured and not self.failures

    def __str__(self) -> str:
        lines = [line(m) for m in (self.failures or self.measurements[:1])]
        if len(lines) > MOST_LINES:
            lines[MOST_LINES:] = [f"… and {len(lines) - MOST_LINES} more"]
        counts = Counter(m.verdict for m in self.measurements)
        words = ", ".join(f"{counts[v]} {v}" for v in MEANINGS if v in counts)
        return "\n".join([*lines, f"{self.name}: {words}"])


def check(
    function: Callable[..., Any],
    *arguments: Any,
    wrt: int | str | Sequence[int | str] = (),
    order: int = 1,
    backend: Literal["jax", "engine"] = "jax",
    dtypes: Sequence[str] = (),
    modes: Sequence[str] = (),
    quantities: Sequence[Kind] = (),
    strict: bool = False,
) -> Checked:
    """Verify the derivatives of a function at its arguments, up to an order of at most 3.

    The function is one of JAX or, with `backend="engine"`, of our engine. The truth is that of its
    *value*: the primal is traced, read into SymPy and differentiated there, so `custom_vjp` and
    `custom_jvp` rules are held against it and have no part in it. Floats in `arguments` are inputs,
    for JAX inside of containers too; all else is held fixed. `wrt` chooses arguments by position or
    parameter name; by default all inputs are differentiated. `dtypes` are by default those of the
    arrays given, or float32 and float64. A matrix of more than 64 entries is verified by products
    with fixed directions, as in a case; a JAX function of more than 512 inputs along two random
    directions, s ↦ w·f(x + s v), whose derivative takes all of Jᵀ w.

    Raises `CaseError` if the primal cannot be read (the primitive is named), if there is no input,
    or if `wrt` names none.

    >>> import jax.numpy as jnp
    >>> from diffcheck import check
    >>> check(lambda x: jnp.sin(x) / x, 1.5).ok
    True
    """
    adapted = ADAPT[backend](function, arguments)
    where = _place(function)
    _require_inputs(adapted, where)
    chosen = _chosen(wrt, adapted, function, where)
    options = Options(
        dtypes=tuple(dtypes) or tuple(d for d in DTYPES if d in adapted.dtypes) or DTYPES,
        modes=tuple(modes),
        quantities=tuple(quantities),
        backends=(backend,),
        samples=0,
        strict=strict,
    )
    name = _name(function)
    if backend != "jax" or sum(adapted.inputs[n].size for n in chosen) <= MANY:
        cases = [_case(name, where, adapted, chosen, order)]
    else:
        lines = [(k, jax_functions.along(adapted, chosen, k)) for k in range(DIRECTIONS)]
        cases = [_case(f"{name}_along_{k}", where, line, ("s",), order) for k, line in lines]
    found = [m for case in cases for m in _measured(case, options)]
    return Checked(name, tuple(sorted(found, key=rank)))


def _measured(case: Case, options: Options) -> list[Measurement]:
    """Return the measurements of a case at its explicit point alone."""
    context = CaseContext(case, options)
    context.points |= {
        dtype: [point for point in points if point.kind == "explicit"]
        for dtype, points in context.points.items()
    }
    tasks = plan([case], options, _presence(options.backends))[0].tasks
    return [m for task in tasks for m in measure(context, task)]


@cache
def _presence(backends: tuple[str, ...]) -> Presence:
    return probe(backends).presence


def _require_inputs(adapted: Adapted, where: str) -> None:
    if not adapted.inputs:
        raise CaseError(
            where,
            "expected floats among the arguments, got none",
            "whole numbers are held fixed, and nothing else was given",
            "write 2.0 instead of 2",
        )


def _case(name: str, where: str, adapted: Adapted, wrt: tuple[str, ...], order: int) -> Case:
    def definition(**symbols: Any) -> Any:
        try:
            return adapted.definition(**symbols)
        except Unsupported as error:
            raise CaseError(
                where,
                f"expected a function whose value can be read into SymPy, got: {error}",
                "an operation that is not known here as mathematics",
                "write a case with a definition of its own: `diffcheck list` shows examples",
            ) from error
        except (Exception, SystemExit) as error:  # the user's function may raise anything
            reason = str(error).partition("\n")[0]
            raise CaseError(
                where,
                f"expected a function that can be traced, got {type(error).__name__}: {reason}",
                "arguments of another kind or shape than it takes, or an `if` on a traced number",
                "call it under jax.make_jaxpr at the same arguments",
            ) from error

    return Case(
        definition,
        programs={name: adapted.program},
        inputs={key: real(shape=value.shape) for key, value in adapted.inputs.items()},
        wrt=wrt,
        orders=tuple(range(order + 1)),
        points=(adapted.inputs,),
        name=name,
    )


def _chosen(
    wrt: int | str | Sequence[int | str], adapted: Adapted, function: Any, where: str
) -> tuple[str, ...]:
    wanted = (wrt,) if isinstance(wrt, (int, str)) else tuple(wrt)
    if not wanted:
        return tuple(adapted.inputs)
    parameters = list(inspect.signature(function).parameters)
    positions = [parameters.index(w) if w in parameters else w for w in wanted]
    found = tuple(name for name, i in adapted.of_argument.items() if i in positions)
    if not found or not set(positions) <= set(adapted.of_argument.values()):
        raise CaseError(
            where,
            f"wrt: expected arguments that hold floats, got {', '.join(map(str, wanted))}",
            "a position or name that the function has not, or one of whole numbers",
            f"choose among {', '.join(adapted.inputs)}",
        )
    return found


def _place(function: Any) -> str:
    code = getattr(inspect.unwrap(function), "__code__", None)
    found = f"{code.co_filename}:{code.co_firstlineno}: " if code else ""
    return f"{found}function {_name(function)}"


def _name(function: Any) -> str:
    name = str(getattr(function, "__name__", "function"))
    return name if name.isidentifier() else "function"
