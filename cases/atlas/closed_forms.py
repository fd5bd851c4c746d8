"""Functions that SymPy has no name for, along lines on which they have a closed form."""

from diffcheck import Case, real, sym
from diffcheck.atlas_defects import declared


def normal(x):
    return sym.erfc(-x / sym.sqrt(2)) / 2


def owens_t(x, y, z):
    """Return T(x, z) + T(0, y) for Owen's T (Owen 1956), to second order in z about 1."""
    slope = sym.exp(-(x**2)) / (4 * sym.pi)
    near = (z - 1) * slope - (z - 1) ** 2 / 2 * (x**2 + 1) * slope
    return normal(x) * normal(-x) / 2 + near + sym.atan(y) / (2 * sym.pi)


def by_jax(xp, x, y, z):
    """JAX's own, back in the dtype of its arguments: it makes float64 of float32."""
    return (xp.owens_t(x, z) + xp.owens_t(0 * y, y)).astype(x.dtype)


op_owens_t = Case(
    owens_t,
    programs={"plain": lambda xp, x, y, z: xp.owens_t(x, z) + xp.owens_t(0.0, y)},
    backend_programs={"jax": {"plain": by_jax}},
    inputs={"x": real(-5, 5), "y": real(-5, 5), "z": real(1, 1)},
    points=[{"x": 0.75, "y": 0.625, "z": 1.0}, {"x": -1.5, "y": 2.5, "z": 1.0}],
    orders=(0, 1, 2),
    slow=True,
)

globals().update(declared(globals()))
