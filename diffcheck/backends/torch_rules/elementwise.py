"""PyTorch's ATen operations in SymPy: what is elementwise, as functions of one element each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import sympy

from diffcheck.case import sym

S = sympy.S


def _add(x: Any, y: Any, alpha: Any = 1) -> Any:
    return x + alpha * y


def _sub(x: Any, y: Any, alpha: Any = 1) -> Any:
    return x - alpha * y


def _rsub(x: Any, y: Any, alpha: Any = 1) -> Any:
    return y - alpha * x


def _div(x: Any, y: Any, rounding_mode: str | None = None) -> Any:
    if rounding_mode is None:
        return x / y
    return sympy.floor(x / y) if rounding_mode == "floor" else _truncated(x / y)


def _truncated(x: Any) -> Any:
    return sympy.Piecewise((sympy.floor(x), x >= 0), (sympy.ceiling(x), True))


def _either(condition: Any, yes: Any, no: Any) -> Any:
    return sympy.Piecewise((yes, condition), (no, True))


def _clamp(x: Any, low: Any = None, high: Any = None) -> Any:
    x = x if low is None else sympy.Max(x, low)
    return x if high is None else sympy.Min(x, high)


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + sympy.exp(-x))


def _gelu(x: Any, approximate: str = "none") -> Any:
    if approximate == "none":
        return x * (1 + sympy.erf(x / sympy.sqrt(2))) / 2
    inner = sympy.sqrt(2 / sympy.pi) * (x + sympy.Rational("0.044715") * x**3)
    return x * (1 + sympy.tanh(inner)) / 2


def _softplus(x: Any, beta: Any = 1, threshold: Any = 20) -> Any:
    return _either(beta * x > threshold, x, sympy.log(1 + sympy.exp(beta * x)) / beta)


def _elu(x: Any, alpha: Any = 1, scale: Any = 1, input_scale: Any = 1) -> Any:
    return scale * _either(x > 0, x, alpha * (sympy.exp(input_scale * x) - 1))


def _leaky_relu(x: Any, slope: Any = None) -> Any:
    slope = sympy.Rational(1, 100) if slope is None else slope
    return _either(x > 0, x, slope * x)


def _logit(x: Any, eps: Any = None) -> Any:
    x = x if eps is None else _clamp(x, eps, 1 - eps)
    return sympy.log(x / (1 - x))


def _xlogy(x: Any, y: Any) -> Any:
    return _either(sympy.Eq(x, 0), S.Zero, x * sympy.log(y))


def _hardsigmoid(x: Any) -> Any:
    return _clamp(x + 3, 0, 6) / 6


def _smooth_l1(x: Any, y: Any, beta: Any = 1) -> Any:
    gap = sympy.Abs(x - y)
    return _either(gap < beta, gap**2 / (2 * beta), gap - beta / 2)


def _huber(x: Any, y: Any, delta: Any = 1) -> Any:
    gap = sympy.Abs(x - y)
    return _either(gap < delta, gap**2 / 2, delta * (gap - delta / 2))


def _remainder(x: Any, y: Any) -> Any:
    return x - y * sympy.floor(x / y)


def _fmod(x: Any, y: Any) -> Any:
    return x - y * _truncated(x / y)


def _copysign(x: Any, y: Any) -> Any:
    return _either(y >= 0, sympy.Abs(x), -sympy.Abs(x))


def _logaddexp2(x: Any, y: Any) -> Any:
    return sympy.log(2**x + 2**y) / sympy.log(2)


def _ndtr(x: Any) -> Any:
    return sympy.erfc(-x / sympy.sqrt(2)) / 2


def _lgamma(x: Any) -> Any:
    """Return log |Γ(x)|, left of 0 by reflection (DLMF 5.5.3)."""
    reflected = sympy.log(sympy.pi / sympy.Abs(sympy.sin(sympy.pi * x)))
    return _either(x > 0, sympy.loggamma(x), reflected - sympy.loggamma(1 - x))


# What an operation has as a derivative in torch's own backward formulas, by the operation's name.
def _gelu_backward(g: Any, x: Any, approximate: str = "none") -> Any:
    return g * sympy.diff(_gelu(_X, approximate), _X).subs(_X, x)


def _elu_backward(g: Any, alpha: Any, scale: Any, input_scale: Any, is_result: bool, x: Any) -> Any:
    low = x + alpha * scale if is_result else scale * alpha * sympy.exp(input_scale * x)
    return _either(x <= 0, g * input_scale * low, g * scale)


def _softplus_backward(g: Any, x: Any, beta: Any, threshold: Any) -> Any:
    return _either(beta * x > threshold, g, g * _sigmoid(beta * x))


def _log_sigmoid_backward(g: Any, x: Any, _buffer: Any = None) -> Any:
    return g * _sigmoid(-x)


def _threshold_backward(g: Any, x: Any, threshold: Any) -> Any:
    return _either(x <= threshold, S.Zero, g)


def _hardtanh_backward(g: Any, x: Any, low: Any, high: Any) -> Any:
    return _either(sympy.Or(x <= low, x >= high), S.Zero, g)


def _silu_backward(g: Any, x: Any) -> Any:
    s = _sigmoid(x)
    return g * s * (1 + x * (1 - s))


_X: Final = sympy.Symbol("x", real=True)

ELEMENTWISE: Final[dict[str, Callable[..., Any]]] = {
    "abs": sympy.Abs,
    "acos": sympy.acos,
    "acosh": sympy.acosh,
    "add": _add,
    "addcdiv": lambda x, y, z, value=1: x + value * y / z,
    "addcmul": lambda x, y, z, value=1: x + value * y * z,
    "asin": sympy.asin,
    "asinh": sympy.asinh,
    "atan": sympy.atan,
    "atan2": sympy.atan2,
    "atanh": sympy.atanh,
    "ceil": sympy.ceiling,
    "clamp": _clamp,
    "clamp_max": lambda x, high: _clamp(x, None, high),
    "clamp_min": lambda x, low: _clamp(x, low, None),
    "copysign": _copysign,
    "cos": sympy.cos,
    "cosh": sympy.cosh,
    "digamma": sympy.digamma,
    "div": _div,
    "elu": _elu,
    "elu_backward": _elu_backward,
    "eq": sympy.Eq,
    "erf": sympy.erf,
    "erfc": sympy.erfc,
    "erfinv": sympy.erfinv,
    "exp": sympy.exp,
    "exp2": lambda x: 2**x,
    "expm1": lambda x: sympy.exp(x) - 1,
    "floor": sympy.floor,
    "fmod": _fmod,
    "frac": lambda x: x - _truncated(x),
    "ge": sympy.Ge,
    "gelu": _gelu,
    "gelu_backward": _gelu_backward,
    "gt": sympy.Gt,
    "hardsigmoid": _hardsigmoid,
    "hardswish": lambda x: x * _hardsigmoid(x),
    "hardtanh": lambda x, low=-1, high=1: _clamp(x, low, high),
    "hardtanh_backward": _hardtanh_backward,
    "huber_loss": _huber,
    "hypot": lambda x, y: sympy.sqrt(x**2 + y**2),
    "igamma": lambda a, x: sympy.lowergamma(a, x) / sympy.gamma(a),
    "igammac": lambda a, x: sympy.uppergamma(a, x) / sympy.gamma(a),
    "ldexp": lambda x, n: x * 2**n,
    "le": sympy.Le,
    "leaky_relu": _leaky_relu,
    "leaky_relu_backward": lambda g, x, slope, _is_result: _either(x > 0, g, slope * g),
    "lerp": lambda x, y, w: x + w * (y - x),
    "lgamma": _lgamma,
    "log": sympy.log,
    "log10": lambda x: sympy.log(x) / sympy.log(10),
    "log1p": lambda x: sympy.log(1 + x),
    "log2": lambda x: sympy.log(x) / sympy.log(2),
    "logaddexp": lambda x, y: sympy.log(sympy.exp(x) + sympy.exp(y)),
    "logaddexp2": _logaddexp2,
    "logit": _logit,
    "log_sigmoid_backward": _log_sigmoid_backward,
    "lt": sympy.Lt,
    "maximum": sympy.Max,
    "minimum": sympy.Min,
    "mish": lambda x: x * sympy.tanh(sympy.log(1 + sympy.exp(x))),
    "mse_loss": lambda x, y: (x - y) ** 2,
    "mul": lambda x, y: x * y,
    "ne": sympy.Ne,
    "neg": lambda x: -x,
    "polygamma": sym.polygamma,
    "pow": lambda x, y: x**y,
    "reciprocal": lambda x: 1 / x,
    "remainder": _remainder,
    "relu": lambda x: sympy.Max(x, 0),
    "rsqrt": lambda x: 1 / sympy.sqrt(x),
    "rsub": _rsub,
    "sgn": sympy.sign,
    "sigmoid": _sigmoid,
    "sigmoid_backward": lambda g, y: g * y * (1 - y),
    "sign": sympy.sign,
    "silu": lambda x: x * _sigmoid(x),
    "silu_backward": _silu_backward,
    "sin": sympy.sin,
    "sinc": lambda x: sympy.sinc(sympy.pi * x),
    "sinh": sympy.sinh,
    "smooth_l1_loss": _smooth_l1,
    "softplus": _softplus,
    "softplus_backward": _softplus_backward,
    "special_airy_ai": sympy.airyai,
    "special_bessel_j0": lambda x: sympy.besselj(0, x),
    "special_bessel_j1": lambda x: sympy.besselj(1, x),
    "special_bessel_y0": lambda x: sympy.bessely(0, x),
    "special_bessel_y1": lambda x: sympy.bessely(1, x),
    "special_entr": lambda x: -_xlogy(x, x),
    "special_erfcx": lambda x: sympy.exp(x**2) * sympy.erfc(x),
    "special_i0": lambda x: sympy.besseli(0, x),
    "i0": lambda x: sympy.besseli(0, x),
    "special_i0e": sym.i0e,
    "special_i1": lambda x: sympy.besseli(1, x),
    "special_i1e": sym.i1e,
    "special_log_ndtr": lambda x: sympy.log(_ndtr(x)),
    "special_modified_bessel_i0": lambda x: sympy.besseli(0, x),
    "special_modified_bessel_i1": lambda x: sympy.besseli(1, x),
    "special_modified_bessel_k0": lambda x: sympy.besselk(0, x),
    "special_modified_bessel_k1": lambda x: sympy.besselk(1, x),
    "special_ndtr": _ndtr,
    "special_ndtri": lambda x: sympy.sqrt(2) * sympy.erfinv(2 * x - 1),
    "special_xlog1py": lambda x, y: _xlogy(x, 1 + y),
    "special_zeta": sympy.zeta,
    "sqrt": sympy.sqrt,
    "square": lambda x: x**2,
    "sub": _sub,
    "tan": sympy.tan,
    "tanh": sympy.tanh,
    "tanh_backward": lambda g, y: g * (1 - y**2),
    "threshold_backward": _threshold_backward,
    "trunc": _truncated,
    "xlogy": _xlogy,
}
# Losses are elementwise, then averaged, summed or left.
LOSSES: Final = frozenset({"huber_loss", "mse_loss", "smooth_l1_loss"})

# What only moves numbers, or fills with zeros: it runs on their positions.
MOVES: Final = frozenset(
    """
    _reshape_alias _unsafe_view alias as_strided as_strided_copy broadcast_to cat clone
    constant_pad_nd contiguous detach diag_embed diagonal diagonal_backward embedding expand flip
    gather index index_select lift_fresh lift_fresh_copy movedim narrow permute repeat reshape roll
    select select_backward select_scatter slice slice_backward slice_scatter split
    split_with_sizes squeeze stack t take transpose tril triu unbind unfold unsqueeze view
    """.split()  # noqa: SIM905 - words in rows read better than quoted ones
)
# Of these the first argument moves, and the others say where to.
BY_INDEX: Final = frozenset({"embedding", "gather", "index", "index_select", "take"})
