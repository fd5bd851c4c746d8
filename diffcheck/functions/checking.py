"""`check`: a function that is already written, judged as a case is."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final, Literal

from diffcheck.backends import Unsupported, engine_functions, jax_functions
from diffcheck.backends.adapted import Adapted, positional
from diffcheck.case import Case, CaseError, real
from diffcheck.case.quantities import Kind
from diffcheck.functions.asking import (
    DTYPES,
    chosen_inputs,
    require_backend,
    require_function,
    require_inputs,
    require_options,
    several,
)
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
TRACED: Final = {"jax": "under jax.make_jaxpr ", "engine": ""}
MANY: Final = 512  # inputs; more are verified along directions
DIRECTIONS: Final = 2


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
    dtypes: str | Sequence[str] = (),
    modes: str | Sequence[str] = (),
    quantities: Kind | Sequence[Kind] = (),
    strict: bool = False,
    keywords: Mapping[str, Any] | None = None,
) -> Checked:
    """Verify the derivatives of a function at its arguments, up to an order of at most 3.

    The function is one of JAX or, with `backend="engine"`, of our engine. The truth is that of its
    *value*: the primal is traced, read into SymPy and differentiated there, so `custom_vjp` and
    `custom_jvp` rules are held against it and have no part in it. Floats in `arguments` are inputs,
    for JAX inside of containers too; all else is held fixed. `wrt` chooses arguments by position or
    parameter name; by default all inputs are differentiated. `keywords` are the function's keyword
    arguments. `dtypes` are by default those of the
    arrays given, or float32 and float64. A matrix of more than 64 entries is verified by products
    with fixed directions, as in a case; a JAX function of more than 512 inputs along two random
    directions, s ↦ w·f(x + s v), whose derivative takes all of Jᵀ w.

    Raises `CaseError` if the primal cannot be read (the primitive is named), if there is no input,
    if `wrt` names none, or for an option that is not known (with all that are).

    >>> import jax.numpy as jnp
    >>> from diffcheck import check
    >>> check(lambda x: jnp.sin(x) / x, 1.5).ok
    True
    """
    where = _place(function)
    require_function(function, where)
    require_backend(backend, where)
    asked = several(dtypes), several(modes), several(quantities)
    require_options(
        where, backend, order=order, dtypes=asked[0], modes=asked[1], quantities=asked[2]
    )
    named = keywords or {}
    called = positional(function, len(arguments), named)
    adapted = ADAPT[backend](called, (*arguments, *named.values()))
    require_inputs(adapted, where)
    chosen = chosen_inputs(wrt, adapted, function, where, named)
    options = Options(
        dtypes=asked[0] or tuple(d for d in DTYPES if d in adapted.dtypes) or DTYPES,
        modes=asked[1],
        quantities=asked[2],
        backends=(backend,),
        samples=0,
        strict=strict,
    )
    name = _name(function)
    if backend != "jax" or sum(adapted.inputs[n].size for n in chosen) <= MANY:
        cases = [_case(name, where, backend, adapted, chosen, order)]
    else:
        lines = [(k, jax_functions.along(adapted, chosen, k)) for k in range(DIRECTIONS)]
        cases = [
            _case(f"{name}_along_{k}", where, backend, line, ("s",), order) for k, line in lines
        ]
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


def _case(
    name: str, where: str, backend: str, adapted: Adapted, wrt: tuple[str, ...], order: int
) -> Case:
    def definition(**symbols: Any) -> Any:
        try:
            return adapted.definition(**symbols)
        except Unsupported as error:
            raise CaseError(
                where,
                f"expected a function whose value can be read into SymPy, got: {error}",
                "an operation, or a kind of output, that is not known here as mathematics",
                "write a case with a definition of its own: `diffcheck list` shows examples",
            ) from error
        except (Exception, SystemExit) as error:  # the user's function may raise anything
            reason = str(error).partition("\n")[0]
            raise CaseError(
                where,
                f"expected a function that can be traced, got {type(error).__name__}: {reason}",
                "arguments of another kind or shape than it takes, or an `if` on a traced number",
                f"call it {TRACED[backend]}at the same arguments",
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


def _place(function: Any) -> str:
    plain = function.func if isinstance(function, partial) else function
    code = getattr(inspect.unwrap(plain), "__code__", None)
    found = f"{code.co_filename}:{code.co_firstlineno}: " if code else ""
    return f"{found}function {_name(function)}"


def _name(function: Any) -> str:
    plain = function.func if isinstance(function, partial) else function
    name = str(getattr(plain, "__name__", "function"))
    return name if name.isidentifier() else "function"
