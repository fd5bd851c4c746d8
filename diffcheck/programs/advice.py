"""Known ways to lose digits, found by the structure of a program, and what to write instead.

Each pattern is one entry of `PATTERNS`: what to look for around the operation at which the truth
leaves, the words, and a case with a program of either kind, in which the digits show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from diffcheck.programs.attribution import Attribution
from diffcheck.programs.kinds import Happening, Kind
from diffcheck.programs.sites import Operand, Site

LOST: Final = frozenset({Kind.CANCELLATION, Kind.SATURATION})
LEFT: Final = frozenset({Kind.OVERFLOW, Kind.UNDERFLOW, Kind.SINGULAR, Kind.SATURATION})
DEEP: Final = 4  # operations between a difference and the square roots that it is of


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One piece of advice. `case` names a file below cases/ whose program `naive` needs it.

    Its program `stable` follows it. At the float32 point `at`, by `backend`, both are compared on
    the `quantity`.
    """

    text: str
    matches: Callable[[Site], bool]
    kinds: frozenset[Kind]
    case: str
    naive: str = "naive"
    stable: str = "stable"
    backend: str = "engine"
    quantity: str = "value"
    at: Mapping[str, str]


def advise(a: Attribution, happening: Happening) -> list[str]:
    """Return the names of the patterns found where the truth leaves."""
    if happening.call is None:
        return []
    site = Site(a.calls, happening.call)
    return [
        name
        for name, pattern in PATTERNS.items()
        if happening.kind in pattern.kinds and pattern.matches(site)
    ]


def _is_one(x: Operand) -> bool:
    return x.maker is None and x.value.dtype.kind in "fiuV" and bool(np.all(abs(x.value) == 1))


def _beside_one(site: Site, call: int) -> Iterator[int]:
    """Yield what a sum or difference adds to 1 or takes from it."""
    operands = site.operands(call)
    if site.name(call) in ("sub", "add") and any(map(_is_one, operands)):
        yield from (x.maker for x in operands if x.maker is not None)


def _exp_beside_one(site: Site) -> bool:
    return any(site.name(x) == "exp" for x in _beside_one(site, site.at))


def _log_of_one_plus(site: Site) -> bool:
    logs = [site.at] if site.name(site.at) == "log" else list(site.uses(site.at))
    sums = [x.maker for log in logs if site.name(log) == "log" for x in site.operands(log)]
    return any(
        x is not None and site.name(x) in ("add", "sub") and any(map(_is_one, site.operands(x)))
        for x in sums
    )


def _is_sigmoid(site: Site, call: int) -> bool:
    if site.name(call) == "expit":
        return True
    if site.name(call) != "div":
        return False
    top, bottom = site.operands(call)
    below = () if bottom.maker is None else _beside_one(site, bottom.maker)
    return _is_one(top) and any(site.name(x) == "exp" for x in below)


def _one_minus_sigmoid(site: Site) -> bool:
    return any(_is_sigmoid(site, x) for x in _beside_one(site, site.at))


def _is_square(site: Site, call: int | None) -> bool:
    operands = site.operands(call)
    if call is None or not operands:
        return False
    if site.name(call) == "mul":
        a, b = operands
        return a.maker == b.maker and np.array_equal(a.value, b.value)
    square = np.square(operands[0].value)
    return site.name(call) == "power" and np.allclose(site.result(call), square, rtol=1e-2)


def _one_minus_tanh_squared(site: Site) -> bool:
    for x in _beside_one(site, site.at):
        inner = [o.maker for o in site.operands(x)] if _is_square(site, x) else [x]
        if any(site.name(i) == "tanh" for i in inner):
            return True
    return False


def _difference_of_squares(site: Site) -> bool:
    operands = site.operands(site.at)
    return site.name(site.at) == "sub" and all(_is_square(site, x.maker) for x in operands)


def _difference_of_roots(site: Site) -> bool:
    if site.name(site.at) not in ("sub", "add"):
        return False
    roots = [
        {i for i in site.before(x.maker, DEEP) if site.name(i) in ("sqrt", "rsqrt")}
        for x in site.operands(site.at)
    ]
    return len(roots) == 2 and bool(roots[0]) and bool(roots[1]) and roots[0] != roots[1]


def _log_of_sum_of_exp(site: Site) -> bool:
    sums = [i for i in site.uses(site.at) if site.name(i) in ("sum", "add")]
    logs = [j for i in sums for j in site.uses(i)]
    return site.name(site.at) == "exp" and any(site.name(j) == "log" for j in logs)


def _norm_at_zero(site: Site) -> bool:
    for root in site.before(site.at, DEEP):
        inner = [x.maker for x in site.operands(root)]
        zero = site.name(root) == "sqrt" and not np.any(site.result(root))
        if zero and any(site.name(i) in ("sum", "dot_general", "einsum", "add") for i in inner):
            return True
    return False


def _branch_not_taken(site: Site) -> bool:
    """Whether what is no number is multiplied by a 0 that a `where` left, and gives NaN."""
    return any(
        site.name(index) in ("mul", "div")
        and bool(np.isnan(site.result(index)).any())
        and any(site.name(x.maker) == "where" and not x.value.all() for x in site.operands(index))
        for index in site.after(site.at, DEEP)
    )


def _squares_in_a_root(site: Site) -> bool:
    sums = [i for i in site.uses(site.at) if site.name(i) in ("sum", "add")]
    roots = [j for i in sums for j in site.uses(i)]
    return _is_power(site, site.at) and any(site.name(j) == "sqrt" for j in roots)


def _is_power(site: Site, call: int) -> bool:
    return site.name(call) == "power" or (site.name(call) == "mul" and _is_square(site, call))


PATTERNS: Final[dict[str, Pattern]] = {
    "expm1": Pattern(
        text="write 1 - exp(x) as -expm1(x)",
        matches=_exp_beside_one,
        kinds=frozenset({Kind.CANCELLATION}),
        case="hard/log1mexp",
        quantity="gradient",
        at={"x": "1e-4"},
    ),
    "log1p": Pattern(
        text="write log(1 + x) as log1p(x)",
        matches=_log_of_one_plus,
        kinds=frozenset({Kind.CONDITION, Kind.SATURATION}),
        case="hard/log1p",
        stable="library",
        at={"x": "1e-4"},
    ),
    "sigmoid": Pattern(
        text="write 1 - sigmoid(x) as sigmoid(-x), and s (1 - s) as sigmoid(x) * sigmoid(-x)",
        matches=_one_minus_sigmoid,
        kinds=LOST,
        case="advice/logistic_density",
        at={"x": "14"},
    ),
    "sech": Pattern(
        text="write 1 - tanh(x)² as 1 / cosh(x)²",
        matches=_one_minus_tanh_squared,
        kinds=LOST,
        case="advice/sech_squared",
        at={"x": "6"},
    ),
    "squares": Pattern(
        text="write x² - y² as (x - y) * (x + y)",
        matches=_difference_of_squares,
        kinds=LOST,
        case="hard/difference_of_squares",
        stable="factored",
        at={"x": "125000.125", "y": "125000"},
    ),
    "roots": Pattern(
        text="write sqrt(x + 1) - sqrt(x) as 1 / (sqrt(x + 1) + sqrt(x))",
        matches=_difference_of_roots,
        kinds=LOST,
        case="hard/sqrt_difference",
        quantity="gradient",
        at={"x": "1e6"},
    ),
    "logsumexp": Pattern(
        text=(
            "write log(sum(exp(x))) as logsumexp(x), which takes the largest x out first, and "
            "log(1 + exp(x)) as logaddexp(0, x)"
        ),
        matches=_log_of_sum_of_exp,
        kinds=frozenset({Kind.OVERFLOW, Kind.UNDERFLOW}),
        case="hard/logsumexp",
        stable="library",
        at={"x": "150,151,100"},
    ),
    "hypot": Pattern(
        text="write sqrt(x² + y²) as hypot(x, y), or divide by the largest first",
        matches=_squares_in_a_root,
        kinds=frozenset({Kind.OVERFLOW, Kind.UNDERFLOW}),
        case="hard/hypot",
        stable="library",
        at={"x": "3e25", "y": "4e25"},
    ),
    "norm": Pattern(
        text=(
            "keep 0 out of the square root: "
            "where(q == 0, 0, sqrt(where(q == 0, 1, q))) with q = sum(x * x)"
        ),
        matches=_norm_at_zero,
        kinds=LEFT,
        case="kinks/norm",
        naive="formula",
        stable="guarded",
        backend="jax",
        quantity="gradient",
        at={"x": "0,0,0"},
    ),
    "double where": Pattern(
        text=(
            "0 times what the branch not taken gave is NaN: give it harmless operands, as in "
            "where(c, f(where(c, x, 1)), y)"
        ),
        matches=_branch_not_taken,
        kinds=frozenset({Kind.SINGULAR, Kind.OVERFLOW}),
        case="kinks/where_invalid_branch",
        naive="single_where",
        stable="double_where",
        backend="jax",
        quantity="gradient",
        at={"x": "-1"},
    ),
}
