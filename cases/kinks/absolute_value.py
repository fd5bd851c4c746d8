"""|x|: slopes -1 and 1, and any number between them admissible at 0.

JAX answers 1 at 0, PyTorch 0: both lie in the hull of the one-sided derivatives, so both pass, and
the verdict names the side. SymPy's own derivative, sign(x), says 0 as if it were the truth. It
exists so that a convention is not mistaken for a defect.
"""

from diffcheck import Case, real, sym


def definition(x):
    return sym.abs(x)


def library(xp, x):
    return xp.abs(x)


def maximum(xp, x):
    return xp.maximum(x, -x)


absolute_value = Case(
    definition,
    programs=(library, maximum),
    inputs={"x": real(-1e30, 1e30)},
    points=[{"x": 0.0}, {"x": -0.0}, {"x": 2.5}, {"x": -2.5}],
)
