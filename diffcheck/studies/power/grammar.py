"""Random functions and hard points for them, by rules fixed before the judge saw any of them.

A function is a text in `xp`, x and y, that serves as program and, with `sym` for `xp`, as its own
definition. Nothing here looks at a derivative, at a verdict, or at which functions are well kept.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from diffcheck.backends.engine_namespace import namespace
from diffcheck.case import Case, Point, real, sym

SEED: Final = 20260
UNARY: Final = (
    "exp", "log", "sqrt", "sin", "cos", "tan", "tanh", "sinh", "cosh", "atan", "asinh", "expm1",
    "log1p", "erf", "erfc", "abs", "square", "sigmoid", "softplus", "relu", "asin", "atanh", "log2",
    "gammaln", "silu",
)  # fmt: skip
BINARY: Final = ("maximum", "minimum", "hypot", "logaddexp", "atan2")
OPERATORS: Final = ("+", "-", "*", "/")
NUMBERS: Final = ("0.5", "2.0", "3.0", "1.5", "0.25")
DEPTH: Final = 3
TRIES: Final = 20
KINDS: Final = (
    "moderate", "nearly equal", "tail", "tiny", "subnormal", "next to a special number",
    "any float", "next to a root", "next to a root of the slope",
)  # fmt: skip
SPECIAL: Final = (0.0, 0.5, 1.0, -1.0, 2.0, -0.5, math.pi, math.pi / 2)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A random function as a case, and its hard points by format."""

    case: Case
    points: dict[str, list[Point]]


def functions(count: int) -> Iterator[Drawn]:
    """Yield random functions, each with one hard point of every kind in both formats.

    The points of float32 come first among those of float64, as in a run.
    """
    for index in range(count):
        rng = np.random.default_rng((SEED, index))
        text = _expression(rng, DEPTH)
        names = tuple(n for n in ("x", "y") if n in text.split())
        program = _compiled(text, names)
        formula = _compiled(_exactly(text), names)
        case = Case(
            lambda formula=formula, **inputs: formula(sym, **inputs),
            programs={"plain": program},
            inputs={name: real() for name in names},
            orders=(0, 1, 2),
            doc=text,
            name=f"random_{index}",
        )
        narrow, wide = (_points(program, names, rng, dtype) for dtype in ("float32", "float64"))
        twins = [replace(point, format="float64") for point in narrow]
        yield Drawn(case, {"float32": narrow, "float64": twins + wide})


def _compiled(text: str, names: tuple[str, ...]) -> Callable[..., Any]:
    return eval(f"lambda xp, {', '.join(names)}: {text}")  # type: ignore[no-any-return]  # noqa: S307 - made here


def _exactly(text: str) -> str:
    """Return the expression with fractions for its numbers: SymPy makes x / 3.0 a float times x."""
    return " ".join(f"xp.Rational('{word}')" if word in NUMBERS else word for word in text.split())


def _expression(rng: np.random.Generator, depth: int) -> str:
    if depth == 0 or rng.random() < 0.1:
        return str(rng.choice(["x", "x", "y"]))
    shape, left = rng.random(), _expression(rng, depth - 1)
    if shape < 0.45:
        return f"xp.{rng.choice(UNARY)}( {left} )"
    right = str(rng.choice(NUMBERS)) if rng.random() < 0.2 else _expression(rng, depth - 1)
    if shape < 0.6 and right not in NUMBERS:
        return f"xp.{rng.choice(BINARY)}( {left} , {right} )"
    return f"( {left} {rng.choice(OPERATORS)} {right} )"


def _points(
    program: Callable[..., Any], names: tuple[str, ...], rng: np.random.Generator, dtype: str
) -> list[Point]:
    """Return a point of each kind at which the program is finite, if so many tries find one."""
    found = []
    for kind in KINDS:
        for _ in range(TRIES):
            drawn = _drawn(kind, program, names, rng)
            with np.errstate(over="ignore"):
                point = {name: np.asarray(x).astype(dtype) for name, x in drawn.items()}
            usable = all(np.isfinite(x) and x != 0 for x in point.values())
            values = {name: np.asarray(x, np.float64) for name, x in point.items()}
            if drawn and usable and np.isfinite(_value(program, values)):
                found.append(Point(values=values, format=dtype, kind="explicit", label=kind))
                break
    return found


def _drawn(
    kind: str, program: Callable[..., Any], names: tuple[str, ...], rng: np.random.Generator
) -> dict[str, float]:
    x = _coordinate(kind, rng)
    if kind == "nearly equal":
        y = x * (1 + float(rng.choice([-1, 1])) * 2.0 ** -int(rng.integers(2, 53)))
    else:
        y = _coordinate(kind if rng.random() < 0.5 else "moderate", rng)
    point = {name: {"x": x, "y": y}[name] for name in names}
    if kind.startswith("next to a root"):
        return _beside_a_root(program, point, slope=kind.endswith("slope"))
    return point


def _coordinate(kind: str, rng: np.random.Generator) -> float:
    sign = float(rng.choice([-1.0, 1.0]))
    match kind:
        case "tail":
            return sign * float(rng.uniform(1, 2)) * 2.0 ** int(rng.integers(3, 31))
        case "tiny":
            return sign * float(rng.uniform(1, 2)) * 2.0 ** -int(rng.integers(10, 121))
        case "subnormal":
            return sign * float(rng.choice([2.0**-149, 2.0**-1074])) * int(rng.integers(1, 2**20))
        case "next to a special number":
            step = 2.0 ** -int(rng.integers(10, 53))
            center = float(rng.choice(SPECIAL))
            return center + sign * step * max(abs(center), 2.0**-20)
        case "any float":
            number = rng.integers(0, 2**63, dtype=np.uint64).view(np.float64)
            return sign * float(number)
        case _:
            return float(rng.uniform(-3, 3))


def _value(program: Callable[..., Any], point: Mapping[str, Any]) -> float:
    with np.errstate(all="ignore"):
        xp = namespace(np.dtype(np.float64))
        try:
            return float(program(xp, **{n: np.float64(v) for n, v in point.items()}))
        except ArithmeticError:
            return math.nan


def _beside_a_root(
    program: Callable[..., Any], point: dict[str, float], *, slope: bool
) -> dict[str, float]:
    """Bisect to a sign change of the function, or of a difference of it, along the first input."""
    name = next(iter(point))
    step = 2.0**-12

    def g(x: float) -> float:
        here = _value(program, {**point, name: x})
        return _value(program, {**point, name: x + step}) - here if slope else here

    grid = np.linspace(-4, 4, 33)
    values = [g(float(x)) for x in grid]
    for a, b, u, v in zip(grid[:-1], grid[1:], values[:-1], values[1:], strict=True):
        if u * v < 0:
            low, high = float(a), float(b)
            for _ in range(60):
                middle = (low + high) / 2
                low, high = (middle, high) if g(middle) * u > 0 else (low, middle)
            return {**point, name: low + (step / 2 if slope else 0.0)}
    return {}
