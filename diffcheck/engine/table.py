"""The op table: a plain dict filled by one function, `op`, one line per op where possible.

Array arguments are positional, metadata is by keyword. A VJP rule is `rule(g, y, *args, **params)`:
the cotangent of one argument from the cotangent g of the result y. Rules are written with the ops
themselves, so that they nest to every order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any, Final, Literal

from diffcheck.balls import Undecided
from diffcheck.engine.ball_trace import elementwise_ball, is_ball, literal_tensor
from diffcheck.engine.entries import Entry, entry_of, methods_of
from diffcheck.engine.errors import APPLICATION_ERRORS, OperationError, failure
from diffcheck.engine.sweep import forget_backward
from diffcheck.engine.tape import CHANGED, CODED
from diffcheck.engine.tensor import IN_OPERATORS, OPS, Tensor, bind_operator

__all__ = [
    "TABLE", "Entry", "Kind", "Op", "OperationError", "Rule", "changed", "op",
    "recorded",
]  # fmt: skip

Rule = Callable[..., Any]
Kind = Literal["elementwise", "linear", "multilinear", "general"]


@dataclass(slots=True, kw_only=True, eq=False)
class Op:
    """One operation and everything the engine knows of it.

    kind: "elementwise" (diagonal Jacobian up to broadcasting: the JVP is the VJP rule),
    "linear" (jointly in all arguments), "multilinear" (in each argument), or "general".
    vjp: one rule per argument (None: not differentiable in it); for a variadic op one rule that
    takes the argument's position first; None for an op whose derivative is 0 almost everywhere.
    selects: for ops that pass cotangents to some elements only, per argument the boolean array of
    those elements, so that what was not chosen stays 0 even beside an infinite derivative;
    "rule" for a linear op whose VJP rule itself leaves zeros behind.
    rounding: bound on the op's own error in ulps; length: the count of terms of a reduction.
    sympy: the same function in SymPy's own names: an expression in x, y, z, t, the arguments in
    order, and in the parameters; for other kinds in those of `diffcheck.sym`, which takes arrays.
    jax: its name in `jax.numpy`, `jax.scipy.special`, `jax.nn` or `jax.lax`, or below `jax`.
    domain: where the op is real, in words; for elementwise ops as intervals, one for all arguments
    or one each; kinks: where inside of it the op is not differentiable.
    slope: the op whose derivative this one serves, in a form that keeps its digits; programs have
    no such function. Empty for all others.
    complex: whether the op takes complex operands and its rules hold for them as they stand (linear
    and multilinear ops, and those without derivative, by their nature), or the function that
    stands for it there; False: they are refused.
    free: whether a result is one of several, between which the direction decides in which the
    operand is moved: then forward mode passes it on as the parameter `toward`.
    accumulate: for linear ops of one argument whose VJP writes to some elements only,
    `f(buffer, g, **params)`, which adds the cotangent into a buffer of the argument's shape.
    split: for ops of any number of arrays, `f(g, arrays, **params)`, which gives the cotangents of
    all of them at once, where g is a plain array.
    form: how its tape entries are laid out, see `tape.Tape`, where its `code` stands for it;
    entry: what programs call; reads: see `slimming.reads_of`, found out when it is needed;
    keeps: the same for ops of arithmetic, as it is written into their entries.
    """

    name: str
    forward: Callable[..., Any]
    kind: Kind
    vjp: tuple[Rule | None, ...] | Rule | None
    jvp: tuple[Rule | None, ...] | None
    ball: Callable[..., Any] | None
    selects: tuple[Rule | None, ...] | Literal["rule"] | None
    rounding: float
    length: Callable[..., int] | None
    sympy: str | None
    jax: str | None
    domain: str | tuple[str, ...]
    kinks: str

    slope: str
    complex: bool | Callable[..., Any]
    free: Callable[[Any], bool] | None
    accumulate: Callable[..., None] | None
    split: Callable[..., list[Any]] | None
    form: Literal[0, 1, 2]
    code: int = 0
    reads: tuple[bool, ...] | None = None
    keeps: tuple[bool, ...] | None = None
    entry: Entry = field(init=False)

    def rule(self, position: int) -> Rule | None:
        """Return the VJP rule of one argument."""
        if self.vjp is None:
            return None
        if isinstance(self.vjp, tuple):
            return self.vjp[position]
        variadic = self.vjp
        return lambda g, y, *args, **params: variadic(position, g, y, *args, **params)

    @property
    def differentiated(self) -> tuple[int, ...] | None:
        """The positions of the arguments with a derivative; None: all of any number."""
        if self.vjp is not None and not isinstance(self.vjp, tuple):
            return None
        rules = enumerate(self.vjp or ())
        return tuple(i for i, rule in rules if rule)

    def apply(self, args: tuple[Any, ...], params: dict[str, Any], *, nested: bool = True) -> Any:
        """Apply the op beneath a trace, telling its name, shapes and dtypes where it fails.

        `nested` says whether tensors of outer traces may be among the arguments.
        """
        try:
            return self.entry(*args, **params) if nested else self.forward(*args, **params)
        except (OperationError, Undecided, NotImplementedError):
            raise
        except APPLICATION_ERRORS as error:
            raise failure(self, args, params, error) from error


TABLE: Final[dict[str, Op]] = {}
VARARGS, VARKEYWORDS = 4, 8  # inspect.CO_VARARGS, CO_VARKEYWORDS


def op(
    name: str,
    forward: Callable[..., Any],
    *,
    vjp: tuple[Rule | None, ...] | Rule | None = None,
    kind: Kind = "elementwise",
    jvp: tuple[Rule | None, ...] | None = None,
    ball: Callable[..., Any] | str | None = None,
    selects: tuple[Rule | None, ...] | Literal["rule"] | None = None,
    rounding: float = 0.5,
    length: Callable[..., int] | None = None,
    sympy: str | None = None,
    jax: str | None = None,
    domain: str | tuple[str, ...] = "(-inf, inf)",
    kinks: str = "",
    slope: str = "",
    complex: bool | Callable[..., Any] | None = None,  # noqa: A002 - the table's column
    free: Callable[[Any], bool] | None = None,
    accumulate: Callable[..., None] | None = None,
    split: Callable[..., list[Any]] | None = None,
    variadic: bool = False,
) -> Entry:
    """Register an op and return its entry, the function that programs and rules call.

    A single rule for an op of one argument may be given bare. `ball` is the name of a method of
    `flint.arb` or a function of balls, applied to each element of an elementwise op; for other
    kinds a function of object arrays, by default `forward` itself, which NumPy runs on objects.
    """
    if callable(vjp) and not variadic:
        vjp = (vjp,)
    form = _ball_form(forward, kind, ball)
    entry = Op(
        name=name, forward=forward, kind=kind, vjp=vjp, jvp=jvp, ball=form, selects=selects,
        rounding=rounding, length=length, sympy=sympy, jax=jax, domain=domain, kinks=kinks,
        slope=slope, complex=_takes_complex(kind, vjp) if complex is None else complex,
        free=free, accumulate=accumulate, split=split, form=_form_of(vjp, selects),
        code=len(CODED),
    )  # fmt: skip
    CODED.extend([entry] * 3)
    forget_backward(entry)
    TABLE[name] = entry
    OPS[name] = entry.entry = call = entry_of(entry)
    if name in IN_OPERATORS:
        bind_operator(name, *methods_of(entry))
    return call


def _takes_complex(kind: Kind, vjp: Any) -> bool:
    return vjp is None or kind in ("linear", "multilinear")


def _form_of(vjp: tuple[Rule | None, ...] | Rule | None, selects: Any) -> Literal[0, 1, 2]:
    """Return 1 or 2 for ops of so many arrays and nothing else, 0 for the general layout."""
    if not isinstance(vjp, tuple) or selects is not None or len(vjp) > 2:
        return 0
    for rule in vjp:
        if isinstance(rule, FunctionType) and rule.__code__.co_flags & (VARARGS | VARKEYWORDS):
            return 0
        if isinstance(rule, FunctionType) and _arguments(rule) != 2 + len(vjp):
            return 0
    return 1 if len(vjp) == 1 else 2


def _arguments(rule: FunctionType) -> int:
    return rule.__code__.co_argcount + rule.__code__.co_kwonlyargcount


def _ball_form(
    forward: Callable[..., Any], kind: Kind, ball: Callable[..., Any] | str | None
) -> Callable[..., Any] | None:
    if kind == "elementwise" and ball is not None:
        return elementwise_ball(ball)
    assert not isinstance(ball, str)
    return forward if ball is None and kind in ("linear", "multilinear") else ball


def recorded(args: tuple[Any, ...], y: Any) -> tuple[Any, ...]:
    """Return the operands as rules are to see them: where the result is a ball, floats are too."""
    if type(y) is not Tensor or not is_ball(y):
        return args
    return tuple(literal_tensor(a) for a in args)


@contextmanager
def changed(name: str, **columns: Any) -> Iterator[Op]:
    """Give an op other columns while the block runs: to plant a fault, and see that it is found.

    >>> from diffcheck.engine import grad, sin
    >>> with changed("sin", vjp=(lambda g, y, x: -g,)):
    ...     float(grad(sin)(0.0))
    -1.0
    """
    op = TABLE[name]
    if "vjp" in columns:  # the ways around the rule are closed
        columns = {"accumulate": None, "split": None, **columns}
    right = {column: getattr(op, column) for column in columns}
    try:
        for column, value in columns.items():
            setattr(op, column, value)
        _forget(op)
        CHANGED.append(op)
        yield op
    finally:
        CHANGED.remove(op)
        for column, value in right.items():
            setattr(op, column, value)
        _forget(op)


def _forget(op: Op) -> None:
    op.reads = None
    forget_backward(op)
