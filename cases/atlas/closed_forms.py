"""Functions that SymPy has no name for, along lines on which they have a closed form."""

from diffcheck import Case, real, sym


def normal(x):
    return sym.erfc(-x / sym.sqrt(2)) / 2


def owens_t(x, y):
    """Return T(x, 1) + T(0, y) for Owen's T (Owen 1956)."""
    return normal(x) * normal(-x) / 2 + sym.atan(y) / (2 * sym.pi)


op_owens_t = Case(
    owens_t,
    programs={"plain": lambda xp, x, y: xp.owens_t(x, 1.0) + xp.owens_t(0.0, y)},
    inputs={"x": real(-5, 5), "y": real(-5, 5)},
    points=[{"x": 0.75, "y": 0.625}, {"x": -1.5, "y": 2.5}],
    orders=(0, 1, 2),
    slow=True,
)
