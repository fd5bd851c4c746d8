"""`check`: a function that is already written, judged as a case is."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib import import_module
from typing import Any, Final, Literal

import msgspec
import numpy as np

from diffcheck.backends import Unsupported, sampling
from diffcheck.backends.adapted import Adapted, positional
from diffcheck.backends.sampling import DIRECTIONS, ENTRIES, draw
from diffcheck.case import Case, CaseError, Point, real
from diffcheck.case.quantities import Kind, Quantity
from diffcheck.functions.asking import (
    DTYPES,
    HIGHEST_ORDER,
    chosen_inputs,
    require_backend,
    require_function,
    require_inputs,
    require_options,
    several,
)
from diffcheck.functions.lines import line
from diffcheck.judge import Measurement, Verdict
from diffcheck.judge.explanations import Explanation, key_of
from diffcheck.judge.failures import rank
from diffcheck.judge.words import MEANINGS
from diffcheck.report.explanation import short
from diffcheck.run import Options
from diffcheck.run.context import CaseContext
from diffcheck.run.explain import shown_explanations
from diffcheck.run.measure import measure
from diffcheck.run.options import Task
from diffcheck.run.plan import Presence, plan
from diffcheck.run.worker import probe
from diffcheck.truth import ArrayDefinition

MOST_LINES: Final = 12
UNVERIFIED: Final = (Verdict.UNDEFINED, Verdict.UNDECIDED)  # there is no truth to hold against
TRACED: Final = {
    "jax": "under jax.make_jaxpr ",
    "engine": "",
    "torch": "under make_fx of torch.fx ",
}
MANY: Final = 512  # inputs; more are verified along directions
FORWARD: Final = "as reverse mode computes it: the forward pass of a rule written by hand"
LINES: Final = 2  # where a function cannot be read as a program of arrays


Part = tuple[str, Adapted, tuple[str, ...]]  # a name, a function, the inputs to differentiate by


@dataclass(frozen=True, slots=True)
class Checked:
    """The measurements of a check, worst first; its text has a line for each failure, and counts.

    `ok` says that something of first order or above was measured where it has a truth, and that
    nothing failed.
    """

    name: str
    measurements: tuple[Measurement, ...]
    scope: str = ""  # what was looked at, where that is not everything
    explanations: tuple[Explanation, ...] = ()  # of failures, where operations can be named

    @property
    def failures(self) -> tuple[Measurement, ...]:
        """What fails, worst first."""
        return tuple(m for m in self.measurements if m.fails)

    @property
    def ok(self) -> bool:
        verified = any(
            m.order > 0 and m.computed is not None and m.verdict not in UNVERIFIED
            for m in self.measurements
        )
        return verified and not self.failures

    def __str__(self) -> str:
        known = {key_of(e): short(e) for e in self.explanations if not e.unnamed}
        nothing = () if self.ok else tuple(m for m in self.measurements if m.order > 0)
        shown = self.failures or nothing or self.measurements[:1]
        lines: list[str] = []
        for m in shown[:MOST_LINES]:
            why = known.get(key_of(m))
            lines += [line(m), *([f"    {why}"] if why else [])]
        if len(shown) > MOST_LINES:
            lines.append(f"… and {len(shown) - MOST_LINES} more")
        if not self.ok and not self.failures:
            lines.append("no derivative was verified here")
        counts = Counter(m.verdict for m in self.measurements)
        words = ", ".join(f"{counts[v]} {v}" for v in MEANINGS if v in counts)
        scope = f" (checked: {self.scope})" if self.scope else ""
        return "\n".join([*lines, f"{self.name}: {words}{scope}"])


def check(
    function: Callable[..., Any],
    *arguments: Any,
    wrt: int | str | Sequence[int | str] = (),
    order: int = 1,
    backend: Literal["jax", "engine", "torch"] = "jax",
    dtypes: str | Sequence[str] = (),
    modes: str | Sequence[str] = (),
    quantities: Kind | Sequence[Kind] = (),
    strict: bool = False,
    keywords: Mapping[str, Any] | None = None,
    every: bool = False,
) -> Checked:
    """Verify the derivatives of a function at its arguments, up to an order of at most 3.

    The function is one of JAX, of our engine (`backend="engine"`) or of PyTorch ("torch", an
    extra), `torch.autograd.Function` and modules included. The truth is that of its *value*: the
    primal is traced, read into SymPy and differentiated there, so a `custom_vjp`, a `custom_jvp` or
    a `backward` is held against it and has no part in it. Floats in `arguments` are inputs, inside
    of containers too but for the engine; all else is held fixed. `wrt` chooses arguments by
    position or parameter name; by default all inputs are differentiated. `keywords` are the
    function's keyword arguments. `dtypes` are by default those of the arrays given, or float32 and
    float64. A matrix of more than 64 entries is verified by products with fixed directions, as in a
    case.

    Of more than 512 inputs, 64 entries of Jᵀ w are looked at, drawn at random, and w·J v along four
    random directions v, in which every component of the rule has a part: in exact arithmetic they
    show one that is wrong wherever it is. The result says so. `every` looks at all components.

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
    adapted = _functions_of(backend).adapt(called, (*arguments, *named.values()))
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
    parts, scope = _parts(name, backend, adapted, chosen, order, every=every)
    found: list[Measurement] = []
    why: list[Explanation] = []
    for named_part, part, wrt_of_part in parts:
        case = _case(named_part, where, backend, part, wrt_of_part, order)
        measurements, explanations = _measured(case, options, part)
        found += measurements
        why += explanations
    return Checked(name, tuple(sorted(found, key=rank)), scope, tuple(why))


def _functions_of(backend: str) -> Any:
    """Return the module that takes apart the functions of a backend."""
    return import_module(f"diffcheck.backends.{backend}_functions")


def _parts(
    name: str, backend: str, adapted: Adapted, wrt: tuple[str, ...], order: int, *, every: bool
) -> tuple[list[Part], str]:
    """Return what verifies a function, and what is looked at where that is not all."""
    count = sum(adapted.inputs[x].size for x in wrt)
    if count <= MANY:
        return [(name, adapted, wrt)], ""
    try:
        if every:
            return [(name, sampling.whole(adapted), wrt)], ""
        entries, ways = (0, 1) if order == HIGHEST_ORDER else (ENTRIES, DIRECTIONS)
        sample = draw(name, adapted, wrt, entries, ways)
        few = _functions_of(backend).sampled(adapted, sample, name)
        scope = f"{entries} components of {count:,} and {ways} directions"
    except Exception as error:  # noqa: BLE001 - the user's function may raise anything: it is told
        reason = str(error).partition("\n")[0]
        why = reason if isinstance(error, Unsupported) else f"{type(error).__name__}: {reason}"
    else:
        return [(name, few, sample.wrt)], scope
    if every or backend != "jax":
        return [(name, adapted, wrt)], f"symbol by symbol, since {why}"
    along = _functions_of(backend).along
    lines: list[Part] = [
        (f"{name}_along_{k}", along(adapted, wrt, k), ("s",)) for k in range(LINES)
    ]
    return lines, f"{LINES} directions through {count:,} components, since {why}"


def _measured(
    case: Case, options: Options, adapted: Adapted
) -> tuple[list[Measurement], list[Explanation]]:
    """Return the measurements of a case at its explicit point alone, and why they fail.

    A program of many inputs is not taken apart: that costs a pass over each of its operations.
    """
    alone = "float32" not in options.dtypes and options.backends != ("torch",)
    context = CaseContext(case, options, points=_points(case, alone=alone), cotangents=False)
    tasks = plan([case], options, _presence(options.backends))[0].tasks
    found = [m for task in tasks for m in measure(context, task)]
    if not options.quantities and all(m.computed is None for m in found if m.order == 1):
        found += _in_forward_mode(context, tasks, found)
    definition = case.definition
    many = isinstance(definition, ArrayDefinition)
    of_one = any(q.kind == "gradient" for q in context.quantities)
    # Of a sample the cotangent is w already.
    weighted = isinstance(definition, ArrayDefinition) and bool(definition.names)
    if of_one and not weighted and not options.quantities:
        found += _with_another_cotangent(context, tasks[0], found)
    why = [] if many else shown_explanations(context, [m for m in found if m.fails])
    if not options.quantities:
        found += _by_reverse_mode(context, tasks[0], adapted)
    return found, why


def _with_another_cotangent(
    context: CaseContext, task: Task, found: Sequence[Measurement]
) -> list[Measurement]:
    """Return the pullback of a cotangent that is not 1: a rule may have forgotten to use it.

    Once is enough, for modes and formats have the rule in common; where something fails, never.
    """
    if any(m.fails for m in found):
        return []
    context.quantities = (Quantity("vjp", context.truth.m, context.truth.n),)
    return list(measure(context, task))


def _by_reverse_mode(context: CaseContext, task: Task, adapted: Adapted) -> list[Measurement]:
    """Return the value as reverse mode computes it, where a rule may have made it another one."""
    forward = None if adapted.forward is None else adapted.forward()
    if forward is None:
        return []
    name = f"{task.program}_forward"
    context.case = replace(context.case, programs={name: forward})
    context.quantities = (Quantity("value", context.truth.m, context.truth.n),)
    return [
        msgspec.structs.replace(m, detail="; ".join(filter(None, (m.detail, FORWARD))))
        for m in measure(context, replace(task, program=name))
    ]


def _in_forward_mode(
    context: CaseContext, tasks: Sequence[Task], found: Sequence[Measurement]
) -> list[Measurement]:
    """Return the JVP where there is no reverse mode, as over a loop of unknown length."""
    if not any(m.verdict is Verdict.UNSUPPORTED for m in found):
        return []
    context.quantities = (Quantity("jvp", context.truth.m, context.truth.n),)
    return [m for task in tasks for m in measure(context, task)]


def _points(case: Case, *, alone: bool) -> dict[str, list[Point]]:
    """Return the point in each format; float64 has that of float32 as well, as its twin.

    A function of many inputs is looked at once: where both formats can, or, if float64 is `alone`,
    at the very point.
    """
    (values,) = case.points
    found = {
        dtype: {name: np.asarray(x).astype(dtype).astype(np.float64) for name, x in values.items()}
        for dtype in DTYPES
    }
    narrow, wide = (Point(values=found[d], format=d, kind="explicit") for d in DTYPES)
    twin = replace(narrow, format=wide.format)
    many = isinstance(case.definition, ArrayDefinition)
    if many and alone:
        return {"float32": [], "float64": [wide]}
    same = all(np.array_equal(found["float32"][name], found["float64"][name]) for name in values)
    return {"float32": [narrow], "float64": [twin] if many or same else [twin, wide]}


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
        adapted.definition if isinstance(adapted.definition, ArrayDefinition) else definition,
        programs={name: adapted.program},
        inputs={key: real(shape=value.shape) for key, value in adapted.inputs.items()},
        wrt=wrt,
        orders=tuple(range(order + 1)),
        points=(adapted.inputs,),
        name=name,
    )


def _plain(function: Any) -> Any:
    """Return the function that a partial calls, the class that an `apply` belongs to."""
    if isinstance(function, partial):
        return function.func
    owner = getattr(function, "__self__", None)
    return owner if isinstance(owner, type) else function


def _place(function: Any) -> str:
    plain = _plain(function)
    code = getattr(inspect.unwrap(plain), "__code__", None)
    found = f"{code.co_filename}:{code.co_firstlineno}: " if code else ""
    return f"{found}function {_name(function)}"


def _name(function: Any) -> str:
    plain = _plain(function)
    name = str(getattr(plain, "__name__", type(plain).__name__))
    return name if name.isidentifier() else "function"
