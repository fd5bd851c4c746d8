"""JAX programs with derivative rules written by hand, wrong by a little, and a right one.

A test fixture: `test_deliberately_broken.py` runs it.
"""

from diffcheck import Case, real, sym


def definition(x):
    return sym.exp(sym.sin(x))


def plain(xp, x):
    return xp.exp(xp.sin(x))


def with_slope_times(factor, *, forgets=False):
    """Return the program under JAX, its first derivative multiplied by a factor.

    One that forgets its cotangent is right where that is 1.
    """

    def program(xp, x):
        import jax

        @jax.custom_vjp
        def f(x):
            return xp.exp(xp.sin(x))

        def forward(x):
            return f(x), x

        def backward(x, cotangent):
            # In float32 a factor of 1 + 1e-9 is 1: that program is right, and float64's wrong.
            slope = xp.exp(xp.sin(x)) * xp.cos(x)
            return (slope if forgets else cotangent * (slope * factor),)

        f.defvjp(forward, backward)
        return f(x)

    return program


def by_the_way(xp, x):
    """A program that calls a rule written by hand and is not declared as JAX's own."""
    return with_slope_times(1.0, forgets=True)(xp, x)


FACTORS = {
    "right": 1.0,
    "off_1e_6": 1 + 1e-6,
    "off_1e_9": 1 + 1e-9,
    "wrong_sign": -1.0,
    "half": 0.5,
}

BY_HAND = {
    **{name: with_slope_times(factor) for name, factor in FACTORS.items()},
    "forgets": with_slope_times(1.0, forgets=True),
}

hand_written = Case(
    definition,
    programs={**dict.fromkeys(BY_HAND, plain), "by_the_way": by_the_way},
    backend_programs={"jax": BY_HAND},
    inputs={"x": real(-1, 1)},
    points=[{"x": 0.5}, {"x": -0.75}],
)
