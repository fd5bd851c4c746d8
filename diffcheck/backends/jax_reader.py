"""Reading a jaxpr into a program: calls inlined, control flow kept, exact forms attached."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any, Final

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import ClosedJaxpr, Literal, jaxpr_as_fun
from numpy.typing import NDArray

from diffcheck.backends.jax_calls import body_of, scan_counts
from diffcheck.backends.jax_exact import COMPOSITES, EXACT
from diffcheck.backends.jax_rounding import roundings
from diffcheck.backends.jax_sources import Context
from diffcheck.floats import FORMATS, Format
from diffcheck.programs import (
    Branch,
    Loop,
    Operation,
    Program,
    Scan,
    Step,
    pruned,
)
from diffcheck.programs.form import Slots

# Where IEEE 754 leaves nothing to choose.
ROUNDED_CORRECTLY: Final[dict[str, Callable[..., Any]]] = {
    "add": np.add,
    "add_any": np.add,
    "div": np.divide,
    "mul": np.multiply,
    "neg": np.negative,
    "sqrt": np.sqrt,
    "sub": np.subtract,
}
MOVES: Final = frozenset({"broadcast_in_dim", "reshape", "select_n", "squeeze", "transpose"})
_TINY: Final = {np.dtype(t): float(np.finfo(t).tiny) for t in (np.float16, np.float32, np.float64)}
# Calls that bind functions, and not the jaxprs that stand in their equations.
_WITH_RULES: Final = frozenset({"custom_jvp_call", "custom_vjp_call"})
_IEEE: Final = {np.dtype(np.float32), np.dtype(np.float64)}
CONTROL: Final = frozenset(["cond", "while", "scan", "custom_linear_solve"])


def read(closed: Any, around: Context | None = None) -> Program:
    """Return a closed jaxpr as a program; what has no exact form is an operation that says so.

    `around` is what is known of the equation that has the jaxpr as its body.
    """
    reader = _Reader(around or Context())
    inputs = [reader.new(var) for var in closed.jaxpr.invars]
    reader.bind_constants(closed.jaxpr, closed.consts)
    reader.equations(closed.jaxpr)
    return reader.program(inputs, [reader.slot(var) for var in closed.jaxpr.outvars])


class _Reader:
    """The steps read so far, and the slot of each variable in scope."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._slots: dict[Any, int] = {}
        self._size = 0
        self._steps: list[Step] = []
        self._literals: dict[int, NDArray[Any]] = {}

    def program(self, inputs: Sequence[int], outputs: Sequence[int]) -> Program:
        return pruned(
            Program(
                inputs=tuple(inputs),
                outputs=tuple(outputs),
                steps=tuple(self._steps),
                literals=self._literals,
                size=self._size,
            )
        )

    def new(self, var: Any) -> int:
        """Return a new slot for a variable."""
        self._slots[var] = self._size
        self._size += 1
        return self._slots[var]

    def slot(self, atom: Any) -> int:
        """Return the slot of a variable, or a new one that holds a literal."""
        return self._constant(atom.val) if isinstance(atom, Literal) else self._slots[atom]

    def _constant(self, value: Any) -> int:
        slot = self._size
        self._size += 1
        self._literals[slot] = _array(value)
        return slot

    def bind_constants(self, jaxpr: Any, consts: Sequence[Any]) -> None:
        for var, value in zip(jaxpr.constvars, consts, strict=True):
            self._literals[self.new(var)] = _array(value)

    def equations(self, jaxpr: Any) -> None:
        for equation in jaxpr.eqns:
            self._equation(equation)

    def _equation(self, equation: Any) -> None:
        name = equation.primitive.name
        operands = [self.slot(atom) for atom in equation.invars]
        body = body_of(equation)
        whole = _composite(equation, body)
        if whole:
            self._operation(equation, operands, whole, (COMPOSITES[whole], ""))
        elif body is not None:
            self._inline(*body, operands, equation)
        elif name == "custom_linear_solve":
            self._linear_solve(equation, operands)
        elif name in CONTROL:
            results = tuple(self.new(var) for var in equation.outvars)
            around = self._context.of(equation)
            self._steps.append(_CONTROL[name](equation.params, around, tuple(operands), results))
        else:
            self._operation(equation, operands, name, _form(equation, self._context.of(equation)))

    def _inline(
        self, jaxpr: Any, consts: Sequence[Any], operands: Sequence[int], equation: Any
    ) -> None:
        outer, around = self._slots, self._context
        self._context = around.inside(equation, jaxpr)
        self._slots = dict(zip(jaxpr.invars, operands, strict=True))
        self.bind_constants(jaxpr, consts)
        self.equations(jaxpr)
        results = [self.slot(var) for var in jaxpr.outvars]
        self._slots, self._context = outer, around
        self._slots.update(zip(equation.outvars, results, strict=True))

    def _linear_solve(self, equation: Any, operands: Sequence[int]) -> None:
        """Inline the solver that the user (or `jax.numpy.linalg`) gave for A x = b."""
        lengths = equation.params["const_lengths"]
        start = lengths.matvec + lengths.vecmat
        given = operands[start : start + lengths.solve]
        rhs = operands[sum(lengths) :]
        solve = equation.params["jaxprs"].solve
        self._inline(solve.jaxpr, solve.consts, [*given, *rhs], equation)

    def _operation(
        self,
        equation: Any,
        operands: Sequence[int],
        name: str,
        form: tuple[Callable[..., Any] | None, str],
    ) -> None:
        self._steps.append(
            Operation(
                name=name,
                operands=tuple(operands),
                results=tuple(self.new(var) for var in equation.outvars),
                floats=_in_floats(equation, form[0]),
                exact=form[0],
                reason=form[1],
                source=self._context.of(equation).source,
                roundings=roundings(name, equation),
                format=_format_of(equation.outvars),
            )
        )


def _format_of(results: Sequence[Any]) -> Format | None:
    return FORMATS.get(str(results[0].aval.dtype)) if results else None


def _in_floats(equation: Any, form: Callable[..., Any] | None) -> Callable[..., Any]:
    """Return what computes an equation as JAX does."""
    name = equation.primitive.name
    atoms = (*equation.invars, *equation.outvars)
    dtypes = {getattr(atom.aval, "dtype", None) for atom in atoms}
    if name in ROUNDED_CORRECTLY and dtypes <= _IEEE:
        return partial(_in_numpy, equation, ROUNDED_CORRECTLY[name])
    if name in MOVES and form is not None and dtypes <= _IEEE | {np.dtype(bool)}:
        return partial(_in_numpy, equation, form)
    return partial(_bind, equation)


def _in_numpy(equation: Any, rule: Callable[..., Any], *operands: Any) -> Any:
    """Compute in NumPy what it gives as JAX does: XLA takes 50 ms to compile a lone addition.

    Subnormal numbers, which XLA flushes, are left to JAX.
    """
    pairs = zip(operands, equation.invars, strict=True)
    arrays = [np.asarray(x, atom.aval.dtype) for x, atom in pairs]
    with np.errstate(all="ignore"):
        result = np.asarray(rule(*arrays))
    aval = equation.outvars[0].aval
    same = result.dtype == aval.dtype and result.shape == aval.shape
    if not same or any(map(_has_subnormal, (*arrays, result))):
        return _bind(equation, *operands)
    return result


def _has_subnormal(x: NDArray[Any]) -> bool:
    if x.dtype.kind != "f":
        return False
    least = _TINY[x.dtype]
    if not x.ndim:
        return bool(0 < abs(x.item()) < least)
    return bool(np.any((x != 0) & (np.abs(x) < least)))


def _composite(equation: Any, body: tuple[Any, Any] | None) -> str:
    """Return the name of the function of one variable that a call stands for, if it is listed."""
    if body is None or len(equation.invars) != 1 or len(equation.outvars) != 1:
        return ""
    name = str(body[0].debug_info.func_name)
    return name if name in COMPOSITES else ""


def _bind(equation: Any, *operands: Any) -> Any:
    """Compute an equation as JAX does, in the dtypes it was traced with."""
    pairs = zip(operands, equation.invars, strict=True)
    # NumPy's arrays are taken as they are: one put on a device by itself costs more than the bind.
    arrays = [
        x if _is_key(atom) or _is_ready(x, atom) else np.asarray(x, atom.aval.dtype)
        for x, atom in pairs
    ]
    with jax.enable_x64(True):
        body = body_of(equation)
        if body is not None and equation.primitive.name in _WITH_RULES:
            return jaxpr_as_fun(ClosedJaxpr(body[0], list(body[1])))(*arrays)
        return equation.primitive.bind(*arrays, **equation.params)


def _is_ready(x: Any, atom: Any) -> bool:
    return isinstance(x, jax.Array) and bool(x.dtype == atom.aval.dtype)


def _array(value: Any) -> Any:
    extended = jnp.issubdtype(getattr(value, "dtype", np.float64), jax.dtypes.extended)
    return value if extended else np.asarray(value)


def _is_key(atom: Any) -> bool:
    return bool(jnp.issubdtype(atom.aval.dtype, jax.dtypes.extended))


def _form(equation: Any, context: Context) -> tuple[Callable[..., Any] | None, str]:
    """Return the exact form of an equation with its parameters filled in, or why there is none."""
    name = equation.primitive.name
    atoms = (*equation.invars, *equation.outvars)
    if context.approximation and any(map(_is_floating, equation.outvars)):
        return None, f"JAX's {context.approximation} is an approximation written out in floats"
    if any(jnp.issubdtype(atom.aval.dtype, jnp.complexfloating) for atom in atoms):
        return None, f"no exact form of {name} of complex numbers"
    form = EXACT.get(name)
    if form is None or any(map(_is_key, atoms)):
        return None, ""
    wanted = _parameters(form)
    if wanted is None:
        return partial(form, **equation.params), ""
    given = {**equation.params, "floats": partial(_bind, equation)}
    return partial(form, **{key: given[key] for key in wanted if key in given}), ""


def _is_floating(var: Any) -> bool:
    return bool(jnp.issubdtype(var.aval.dtype, jnp.inexact))


@cache
def _parameters(form: Callable[..., Any]) -> tuple[str, ...] | None:
    """Return the parameters that a form names, None if it takes them all."""
    kinds = inspect.signature(form).parameters.values()
    everything = any(p.kind is p.VAR_KEYWORD for p in kinds)
    if everything and not any(p.kind is p.VAR_POSITIONAL for p in kinds):
        return None  # an engine's entry takes any positional operands, and no parameters of JAX
    return tuple(p.name for p in kinds if p.kind is p.KEYWORD_ONLY)


def _branch(params: Any, around: Context, operands: Slots, results: Slots) -> Step:
    bodies = tuple(read(body, around) for body in params["branches"])
    return Branch(bodies=bodies, operands=operands, results=results)


def _loop(params: Any, around: Context, operands: Slots, results: Slots) -> Step:
    return Loop(
        condition=read(params["cond_jaxpr"], around),
        body=read(params["body_jaxpr"], around),
        constants=(params["cond_nconsts"], params["body_nconsts"]),
        operands=operands,
        results=results,
    )


def _scan(params: Any, around: Context, operands: Slots, results: Slots) -> Step:
    constants, carried = scan_counts(params)
    return Scan(
        body=read(params["jaxpr"], around),
        constants=constants,
        carried=carried,
        length=params["length"],
        reverse=params["reverse"],
        operands=operands,
        results=results,
    )


_CONTROL: Final[dict[str, Callable[..., Step]]] = {"cond": _branch, "scan": _scan, "while": _loop}
