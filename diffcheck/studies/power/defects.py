# ruff: noqa: ARG005, E501, PLW0108 - one row of a table, one line; jnp.prod itself takes no tracer
# as an option, and a rule need not look at x
"""Derivative defects reported publicly, each shown to `check` at its own point.

`native`: JAX as installed, or the report's formula in JAX's functions. `planted`: the rule that the
report describes, written by hand on a JAX function. `sympy`: SymPy's own answer of today, as the
rule of the function that it is the derivative of. Numbers and sources are those of the list of
defects that the engine's tests go by; rows about complex numbers, half precision or symbols without
values have no counterpart here and are named in `ABSENT`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import jax
import jax.numpy as jnp
import jax.scipy.special as jsp
import jax.scipy.stats as jstats
import numpy as np
import sympy
from jax import lax

from diffcheck.case import CaseError
from diffcheck.case.quantities import Kind
from diffcheck.functions import check
from diffcheck.judge import FAILING_IF_STRICT, Measurement, Verdict
from diffcheck.studies.power.sensitivity import quiet

F32, F64 = np.float32, np.float64
# The rest of what `check` would measure is of other orders than the report's.
QUANTITIES: Final[dict[int, tuple[Kind, ...]]] = {1: (), 2: ("hessian",), 3: ("third",)}
ROUNDING: Final = FAILING_IF_STRICT | {Verdict.LOST, Verdict.RANGE, Verdict.FLUSHED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """A row: what is checked, and the verdicts that tell this kind of defect."""

    row: int
    source: str
    what: str
    how: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    expected: frozenset[Verdict]
    order: int = 1
    wrt: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What `check` said of a row: the verdicts of its order, and the first one's detail.

    `found`: it says that something is amiss; `told`: with a verdict of the right kind.
    """

    number: int
    verdicts: tuple[str, ...]
    detail: str
    found: bool
    told: bool

    @property
    def defect(self) -> Defect:
        """The row that was checked."""
        return DEFECTS[self.number]


def answer(number: int, mode: str = "eager") -> Answer:
    """Check one defect, by its place in the table, at its point; `mode` is JAX's."""
    defect = DEFECTS[number]
    dtypes = {str(np.asarray(a).dtype) for a in defect.arguments} & {"float32", "float64"}
    with quiet():
        try:
            checked = check(
                defect.function, *defect.arguments, wrt=defect.wrt, order=defect.order,
                dtypes=tuple(dtypes), modes=(mode,), quantities=QUANTITIES[defect.order],
            )  # fmt: skip
        except CaseError as error:
            text = " ".join(str(error).split())
            return Answer(
                number=number, verdicts=("refused",), detail=text, found=False, told=False
            )
    own = [m for m in checked.measurements if m.order == defect.order]
    right_kind = [m for m in own if m.verdict in defect.expected and _tells(m)]
    shown = right_kind or [m for m in own if m.fails] or own
    return Answer(
        number=number,
        verdicts=tuple(sorted({str(m.verdict) for m in shown})),
        detail=shown[0].detail or shown[0].unread,
        found=bool(right_kind) or any(m.fails for m in own),
        told=bool(right_kind),
    )


def _tells(m: Measurement) -> bool:
    told = FAILING_IF_STRICT | {Verdict.KINK, Verdict.UNDEFINED, Verdict.FLUSHED}
    return m.fails or m.verdict in told


def _ruled(f: Callable[..., Any], slope: Callable[..., Any]) -> Any:
    """Return f with the pullback `slope(g, *x)`, a tuple, in place of its derivative."""
    g = jax.custom_vjp(f)
    g.defvjp(lambda *x: (f(*x), x), lambda x, cotangent: slope(cotangent, *x))
    return g


def _forward_ruled(f: Callable[..., Any], slope: Callable[..., Any]) -> Any:
    """Return f with the tangent `slope(x, v)` in place of its own; for functions of one array."""
    g = jax.custom_jvp(f)
    g.defjvp(lambda x, v: (g(*x), slope(x[0], v[0])))
    return g


def _power_by_its_rule(n: int) -> Any:
    """Return x ↦ x^n whose rule is n x^(n - 1) at every order, 0·0^-1 included."""

    @jax.custom_jvp
    def power(x: Any) -> Any:
        return x**n if n >= 0 else 1 / x**-n

    power.defjvp(lambda x, v: (power(x[0]), n * _power_by_its_rule(n - 1)(x[0]) * v[0]))
    return power


def _sympys_gradient(expression: Any, wrt: Any, *symbols: Any) -> Callable[..., Any]:
    """Return SymPy's own derivative by a matrix, as a rule for arrays."""
    claimed = expression.diff(wrt)

    def slope(g: Any, *x: Any) -> Any:
        if claimed == 0:
            return (0 * x[0], *(0 * a for a in x[1:]))
        found = sympy.lambdify(symbols, claimed.doit(), modules=[{"eye": jnp.eye}, jnp, "numpy"])(
            *x
        )
        return (g * jnp.asarray(found), *(0 * a for a in x[1:]))

    return slope


def _trace_of_squares(a: Any, b: Any) -> Any:
    return jnp.sum(a * a) + jnp.sum(b * b)


def _logsumexp_prefixes(x: Any) -> Any:
    weights = jnp.asarray([1.0, 2.0, -1.0], x.dtype)
    total = jnp.stack(
        [x[0], jnp.logaddexp(x[0], x[1]), jnp.logaddexp(jnp.logaddexp(x[0], x[1]), x[2])]
    )
    return jnp.sum(total * weights)


def _without_the_first(x: Any, v: Any) -> Any:
    """Return the tangent of the above without that of the prefix of length 1."""
    rest = lambda z: _logsumexp_prefixes(z) - z[0]  # noqa: E731 - the report's own formula, in a line
    return jax.jvp(rest, (x,), (v,))[1]


def _determinant_log(t: Any) -> Any:
    return jnp.log(jnp.abs((t + 2) * 3 - 1))


def _normal_logpdf(c: Any) -> Any:
    d = c * 1.0 - 0.25
    return -0.5 * (1.0 - 2.0 + 4.0 * c) / d - 0.5 * jnp.log(d)


def _normalised(t: Any) -> Any:
    mean = t / 2
    return -(t - mean) / jnp.sqrt((t - mean) ** 2 + 0.25)


def _kaiser(beta: Any) -> Any:
    r = jnp.asarray([-1.0, -0.5, 0.0, 0.5, 1.0], beta.dtype)
    return jnp.sum(jsp.i0(beta * jnp.sqrt(1 - r**2)) / jsp.i0(beta))


def _betaln_step(p: Any) -> Any:
    a, b = jnp.exp(p[0]), jnp.exp(p[1])
    return jsp.betaln(a, b) - jsp.betaln(a + 1, b)


def _frozen(f: Callable[..., Any]) -> Any:
    """Return f whose first derivative is right and has none itself."""
    return _forward_ruled(f, lambda x, v: jnp.sum(lax.stop_gradient(jax.grad(f)(x)) * v))


A3, B3 = (sympy.MatrixSymbol(n, 3, 3) for n in "AB")
M = np.array([[1.0, 2.0, 0.5], [0.25, 3.0, 1.5], [2.0, 0.75, 1.25]])
W, K, U = frozenset({Verdict.WRONG}), frozenset({Verdict.KINK}), frozenset({Verdict.UNDEFINED})
R, MIS = ROUNDING, frozenset({Verdict.MISMATCH})


def _d(
    row: int,
    source: str,
    what: str,
    how: str,
    f: Any,
    args: Any,
    expected: frozenset[Verdict],
    order: int = 1,
    wrt: tuple[int, ...] = (),
) -> Defect:
    arguments = args if isinstance(args, tuple) else (args,)
    return Defect(
        row=row,
        source=source,
        what=what,
        how=how,
        function=f,
        arguments=arguments,
        expected=expected,
        order=order,
        wrt=wrt,
    )


DEFECTS: Final[Sequence[Defect]] = (
    _d(1, "jax-ml/jax#347", "where(x > 1/2, √x, 1) at 0", "native", lambda x: jnp.where(x > 0.5, jnp.sqrt(x), 1.0), F64(0), W),
    _d(3, "jax-ml/jax#2630", "where(x > 0, 0, x·∞)", "native", lambda x: jnp.where(x > 0, 0.0, x * jnp.inf), F32(1), W),
    _d(5, "jax-ml/jax#20601", "select(False, b·nan, 1)", "native", lambda b: jnp.where(b > 9, b * jnp.nan, 1.0), F64(2.3), W),
    _d(7, "jax-ml/jax#8247", "Σ nan_to_num(x/a), a = 0 among them", "native", lambda x: jnp.sum(jnp.nan_to_num(x / jnp.linspace(-1, 1, 21, dtype=x.dtype), posinf=0)), F32(2), W | R),
    _d(9, "jax-ml/jax#29152", "Jacobian of a log cos a, one entry outside", "native", lambda a: a * jnp.log(jnp.cos(a)), np.array([6.0, 7.0, 8.0]), W | U),
    _d(11, "jax-ml/jax#6811", "logsumexp of -∞ and -∞ + x", "native", lambda x: jsp.logsumexp(jnp.stack([-jnp.inf + 0 * x, -jnp.inf + x])), F32(1), W | U),
    _d(13, "jax-ml/jax#12409", "x⁰ by n xⁿ⁻¹ at 0", "planted", lambda x: _power_by_its_rule(0)(x), F32(0), W),
    _d(17, "jax-ml/jax#777", "1/(1 + exp(-x)) at -200", "native", lambda x: 1 / (1 + jnp.exp(-x)), F32(-200), R),
    _d(19, "jax-ml/jax#15798", "arccos(1 - x²) at 0", "native", lambda x: jnp.arccos(1 - x**2), F32(0), K),
    _d(21, "jax-ml/jax#11479", "i0' = 1 at 0", "planted", _ruled(jsp.i0, lambda g, x: (g * jnp.where(x == 0, 1.0, jsp.i1(x)),)), F32(0), W),
    _d(23, "jax-ml/jax#40627", "i0'' at 0", "native", lambda t: jsp.i0(2 * t - 1), F64(0.5), W, 2),
    _d(25, "jax-ml/jax#39795", "elu at -40", "native", jax.nn.elu, F64(-40), R),
    _d(27, "jax-ml/jax#39798", "silu at -709", "native", jax.nn.silu, F64(-709), R),
    _d(29, "jax-ml/jax#40385", "sigmoid at 37.4", "native", jax.nn.sigmoid, F64(37.42994775023705), R),
    _d(31, "jax-ml/jax#40343", "tanh at 20", "native", jnp.tanh, F64(20), R),
    _d(33, "jax-ml/jax#39801", "tanh'' at 1e-300", "native", jnp.tanh, F64(1e-300), R, 2),
    _d(35, "jax-ml/jax#40383", "log_sigmoid'' at -37.4", "native", jax.nn.log_sigmoid, F64(-37.42994775023705), R, 2),
    _d(37, "jax-ml/jax#40634", "arccosh at 1e22", "native", jnp.arccosh, F32(1e22), R),
    _d(39, "jax-ml/jax#34139", "sinc at 1e-6", "native", jnp.sinc, F32(1e-6), R),
    _d(41, "jax-ml/jax#5077", "sinc'' at 0, its branch a constant", "native", lambda x: jnp.where(x == 0, 1.0, jnp.sin(jnp.where(x == 0, 1.0, x)) / jnp.where(x == 0, 1.0, x)), F32(0), W, 2),
    _d(43, "jax-ml/jax#12033", "∂²/∂x∂y of x^y at y = 0", "planted", _ruled(lambda x, y: x**y, lambda g, x, y: (g * y * x ** jnp.where(y == 0, 1.0, y - 1), g * jnp.log(x) * x**y)), (F32(23), F32(0)), W, 2),
    _d(45, "jax-ml/jax#34353", "Hessian of betaln", "native", _betaln_step, np.array([0.0, 0.0]), W, 2),
    _d(47, "jax-ml/jax#2140", "log_sigmoid at 0 by min(x, 0) and |x|", "native", lambda x: jnp.minimum(x, 0) - jnp.log1p(jnp.exp(-jnp.abs(x))), F32(0), W),
    _d(49, "jax-ml/jax#10515", "abs at 0", "native", jnp.abs, F32(0), K),
    _d(53, "jax-ml/jax#694", "norm.logcdf'' at -19.5", "native", jstats.norm.logcdf, F32(-19.5), R, 2),
    _d(59, "pytorch/pytorch#8940", "x⁰ by n xⁿ⁻¹ at 0", "planted", lambda x: jnp.sum(_power_by_its_rule(0)(x)), np.array([0, 1], F32), W),
    _d(61, "pytorch/pytorch#53989", "sinc at 0 by its formula", "planted", _ruled(jnp.sinc, lambda g, x: (g * (x * jnp.cos(jnp.pi * x) * jnp.pi - jnp.sin(jnp.pi * x)) / (jnp.pi * x**2),)), F32(0), W),
    _d(63, "pytorch/pytorch#106789", "Hessian of prod with two zeros", "planted", _frozen(lambda x: jnp.prod(x)), np.array([2, 3, 0, 0], F32), W, 2),
    _d(65, "pytorch/pytorch#104675", "det of a singular matrix by det·A⁺", "planted", _ruled(lambda a: a[0, 0] * a[1, 1] - a[0, 1] * a[1, 0], lambda g, a: (g * 0 * a,)), np.array([[0, 1], [0, 1]], F32), W),
    _d(67, "pytorch/pytorch#27134", "∂/∂b of 0^b by y log a", "planted", _ruled(lambda a, b: a**b, lambda g, a, b: (g * b * a ** (b - 1), g * a**b * jnp.log(a))), (F32(0), F32(1)), W, 1, (1,)),
    _d(69, "pytorch/pytorch#187297", "where(x > 0, √x, x) at -1", "native", lambda x: jnp.sum(jnp.where(x > 0, jnp.sqrt(x), x)), np.array([-1, -4], F32), W),
    _d(71, "pytorch/pytorch#108618", "where(x > 2, log2 x, 2x) at 0", "native", lambda x: jnp.sum(jnp.where(x > 2, jnp.log2(x), 2 * x)), np.array([0, 3], F32), W),
    _d(73, "pytorch/pytorch#184572", "maximum, clip and relu at 0", "native", lambda x: jnp.maximum(x, 0) + jnp.clip(x, 0) + jax.nn.relu(x), F32(0), K),
    _d(75, "pytorch/pytorch#195685", "tanh at -9.01", "native", jnp.tanh, F32(-9.010913848876953), R),
    _d(85, "pytorch/pytorch#186556", "ldexp(x, -1) whose 2^-1 is an integer 0", "planted", _ruled(lambda x: x * 0.5, lambda g, x: (g * 0,)), F32(1), W),
    _d(87, "pytorch/pytorch#196705", "logcumsumexp, a prefix dropped in forward mode", "planted", _forward_ruled(_logsumexp_prefixes, _without_the_first), np.array([0.5, 1.5, -1.0]), W),
    _d(89, "pytorch/pytorch#196697", "slogdet'' 0", "planted", _frozen(_determinant_log), F64(0.7), W, 2),
    _d(91, "pytorch/pytorch#196700", "layer_norm'' of the wrong sign", "planted", _forward_ruled(_normalised, lambda x, v: (2 * lax.stop_gradient(jax.grad(_normalised)(x)) - jax.grad(_normalised)(x)) * v), F64(0.7), W, 2),
    _d(93, "pytorch/pytorch#92075", "∂²exp(-|a - b|²) at a = b", "native", lambda a, b: jnp.exp(-(jnp.linalg.norm(a - b) ** 2)), (np.array([1.0, 1.0]), np.array([1.0, 1.0])), W, 2),
    _d(95, "pytorch/pytorch#2721", "norm at 0", "native", jnp.linalg.norm, np.array([0, 0], F32), K),
    _d(99, "tensorflow/tensorflow#60715", "divide_no_nan at 0", "native", lambda y: jnp.where(y == 0, 0.0, 10 / jnp.where(y == 0, 1.0, y)), F32(0), U),
    _d(101, "tensorflow/tensorflow#27684", "where(x ≥ 0, a log x, 0) by a", "native", lambda a: jnp.sum(jnp.where(jnp.array([-1.0, 1.0], a.dtype) >= 0, a * jnp.log(jnp.array([-1.0, 1.0], a.dtype)), 0)), F32(1), W),
    _d(103, "tensorflow/tensorflow#127240", "xlogy'' where its coefficient is 0", "native", lambda t: jnp.where(t == 0.5, 0.0, (t - 0.5) * jnp.log(t + 1)), F64(0.5), W, 2),
    _d(105, "tensorflow/tensorflow#123578", "igamma(1, x) at 0 by exp(0·log x)", "planted", _ruled(lambda x: -jnp.expm1(-x), lambda g, x: (g * jnp.exp(-x + 0 * jnp.log(x)),)), F32(0), W),
    _d(107, "tensorflow/tensorflow#127245", "kaiser_window'' at β = 0", "native", _kaiser, F32(0), W, 2),
    _d(109, "tensorflow/tensorflow#2641", "prod by y/x at 0", "planted", _ruled(lambda x: jnp.prod(x), lambda g, x: (g * jnp.prod(x) / x,)), np.array([0, 2], F32), W),
    _d(111, "tensorflow/tensorflow#56830", "std of one element", "native", jnp.std, np.array([-0.83]), W),
    _d(113, "HIPS/autograd#586", "norm(x)² at 0", "native", lambda x: jnp.linalg.norm(x) ** 2, np.array([0.0, 0.0]), W),
    _d(115, "HIPS/autograd#712", "abs by x/|x| at 0", "planted", _ruled(jnp.abs, lambda g, x: (g * x / jnp.abs(x),)), F64(0), K),
    _d(117, "HIPS/autograd#401", "normal logpdf by the covariance, sign", "planted", _ruled(_normal_logpdf, lambda g, c: (-g * jax.grad(_normal_logpdf)(c),)), F64(2), W),
    _d(119, "HIPS/autograd#378", "prod by y/x at 0", "planted", _ruled(lambda x: jnp.prod(x), lambda g, x: (g * jnp.prod(x) / x,)), np.array([0.0, 1.0]), W),
    _d(121, "HIPS/autograd#116", "exp(-x²)''' by n xⁿ⁻¹ at 0", "planted", lambda x: jnp.exp(-_power_by_its_rule(2)(x)), F64(0), W, 3),
    _d(123, "HIPS/autograd#183", "exp(-norm(x)²) at 0", "native", lambda x: jnp.exp(-(jnp.linalg.norm(x) ** 2)), np.array([0.0, 0.0]), W),
    _d(127, "tinygrad/tinygrad#1113", "sigmoid at -100", "native", lambda x: 1 / (1 + jnp.exp(-x)), F32(-100), R),
    _d(129, "tinygrad/tinygrad#18029", "relu6 at 6", "native", jax.nn.relu6, F32(6), K),
    _d(131, "tinygrad/tinygrad#11564", "softplus at 100", "native", lambda x: jnp.log(1 + jnp.exp(x)), F32(100), R),
    _d(133, "sympy/sympy#27406", "d tr(AᵀA) + tr(BᵀB) by A", "sympy", _ruled(_trace_of_squares, _sympys_gradient(sympy.Trace(A3.T * A3) + sympy.Trace(B3.T * B3), A3, A3, B3)), (M, M.T.copy()), W, 1, (0,)),
    _d(135, "sympy/sympy#26561", "d tr(A) + 1", "sympy", _ruled(lambda a: jnp.trace(a) + 1, _sympys_gradient(sympy.Trace(A3) + 1, A3, A3)), M, W),
    _d(137, "sympy/sympy#30527", "d tr(I - A)²", "sympy", _ruled(lambda a: (3 - jnp.trace(a)) ** 2, _sympys_gradient(sympy.trace(sympy.Identity(3) - A3) ** 2, A3, A3)), M, W),
    _d(139, "sympy/sympy#15136", "d tr(X²B) by (I + Xᵀ)Bᵀ(I + Xᵀ)", "planted", _ruled(lambda x: jnp.trace(x @ x @ jnp.asarray(M.T, x.dtype)), lambda g, x: (g * (jnp.eye(3, dtype=x.dtype) + x.T) @ jnp.asarray(M, x.dtype) @ (jnp.eye(3, dtype=x.dtype) + x.T),)), M, W),
)  # fmt: skip

ABSENT: Final = {
    "complex numbers": (15, 79, 81, 83),
    "half precision, or 131,072 elements": (55, 57, 125),
    "a wrong value, which a case's own definition shows (erfcx), not `check`": (51,),
    "infinite inputs, where no derivative is defined": (77,),
    "a convention about which entries of a symmetric matrix are free": (97,),
    "symbols without values, or a result of another rank": (141, 143, 145),
}
