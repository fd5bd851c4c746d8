"""Comparisons, choices and positions: they have no derivative, so they are given a choice to make.

Each decides between two smooth functions, or which element is taken; what was not chosen must pass
nothing on, and the choice itself has no derivative.
"""

import sympy

from diffcheck import Case, real, sym
from diffcheck.atlas_defects import declared

ROW = real(-2, 2, shape=(3,))


def case(definition, program, points=(), **inputs):
    return Case(
        definition,
        programs={"plain": program},
        inputs=inputs,
        points=points,
        orders=(0, 1, 2),
        slow=True,
    )


def choosing(condition, defined=None):
    """Return the case of two functions between which a condition decides."""

    def chosen(xp, decide, x, y):
        return xp.where(decide(xp, x, y), x**2 * y, x + 3 * y)

    return case(
        lambda x, y: chosen(sym, defined or condition, x, y),
        lambda xp, x, y: chosen(xp, condition, x, y),
        points=[{"x": 1.5, "y": -0.5}, {"x": -0.75, "y": 1.25}],
        x=real(-2, 2),
        y=real(-2, 2),
    )


op_where = choosing(lambda xp, x, y: x > y)
op_less = choosing(lambda xp, x, y: xp.less(x, y))
op_less_equal = choosing(lambda xp, x, y: xp.less_equal(x, y))
op_greater = choosing(lambda xp, x, y: xp.greater(x, y))
op_greater_equal = choosing(lambda xp, x, y: xp.greater_equal(x, y))
op_equal = choosing(lambda xp, x, y: xp.equal(x, y))
op_not_equal = choosing(lambda xp, x, y: xp.not_equal(x, y))
op_signbit = choosing(lambda xp, x, y: xp.signbit(x), lambda xp, x, y: x < 0)
op_logical_and = choosing(
    lambda xp, x, y: xp.logical_and(x > 0, y > 0), lambda xp, x, y: sympy.And(x > 0, y > 0)
)
op_logical_or = choosing(
    lambda xp, x, y: xp.logical_or(x > 0, y > 0), lambda xp, x, y: sympy.Or(x > 0, y > 0)
)
op_logical_not = choosing(lambda xp, x, y: xp.logical_not(x > y), lambda xp, x, y: sympy.Not(x > y))
# Every point of a case is finite: the definition knows the answer.
op_isnan = choosing(lambda xp, x, y: xp.isnan(x), lambda xp, x, y: sympy.false)
op_isinf = choosing(lambda xp, x, y: xp.isinf(x), lambda xp, x, y: sympy.false)
op_isfinite = choosing(lambda xp, x, y: xp.isfinite(x), lambda xp, x, y: sympy.true)

op_argmax = case(lambda x: sym.max(x) ** 2, lambda xp, x: xp.take(x, xp.argmax(x)) ** 2, x=ROW)
op_argmin = case(lambda x: sym.min(x) ** 2, lambda xp, x: xp.take(x, xp.argmin(x)) ** 2, x=ROW)
op_argsort = case(
    lambda x: sym.array([sym.minimum(x[0], x[1]), sym.maximum(x[0], x[1])]) ** 2,
    lambda xp, x: xp.take(x, xp.argsort(x)) ** 2,
    x=real(-2, 2, shape=(2,)),
)

globals().update(declared(globals()))
